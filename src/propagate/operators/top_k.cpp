#include "propagate/operators/helpers.hpp"
#include "propagate/operators/indexing.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

void top_k(Step& step) {
  if (!step.wants(0)) return;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", -1), step.input_rank(0));
  const ValueId everywhere = for_every_target(step, step.output(1));
  step.give(0,
            scatter_elements_add(step.build, step.lifted(step.input_dims(0)), everywhere, step.cotangent(), axis + 1));
}

void reverse_sequence(Step& step) {
  // Reversing twice changes nothing; the targets stand behind, because the first two axes are time and batch.
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const ValueId g = targets_last(step, step.cotangent());
  const ValueId reversed =
      build.op("ReverseSequence", {g, step.input(1)}, build.dims(g), build.type(g), step.node.attributes);
  step.give(0, targets_first(step, reversed));
}

}  // namespace pellucid::propagate::operators::gradient
