#include "propagate/operators/helpers.hpp"
#include "propagate/operators/indexing.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// Which elements were taken: the node's second output, computed again where the model doesn't have it.
ValueId taken(Step& step) {
  if (step.node.outputs.size() > 1 && step.node.outputs[1] != graph::kNone) return step.output(1);
  graph::Graph& graph = step.build.graph();
  graph::Node again = step.node;
  again.outputs.clear();
  const graph::NodeId id = graph.add_node(again, {step.build.type(step.input(0)), ElementType::kInt64},
                                          {step.output_dims(), step.output_dims()});
  return graph.node(id).outputs[1];
}

}  // namespace

void top_k(Step& step) {
  if (!step.wants(0)) return;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", -1), step.input_rank(0));
  const ValueId everywhere = for_every_target(step, taken(step));
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
