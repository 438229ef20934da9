#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

void cum_sum(Step& step) {
  // the cumulative sum from the other end
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const std::int64_t axis =
      graph::positive_axis(graph::constant_ints(build.graph(), step.node, 1).at(0), step.input_rank(0));
  const std::int64_t reverse = graph::int_attribute(step.node, "reverse", 0) == 0 ? 1 : 0;
  const graph::ValueId lifted_axis = build.scalar(static_cast<double>(axis + 1), ElementType::kInt64);
  step.give(
      0, build.op("CumSum", {step.cotangent(), lifted_axis}, build.dims(step.cotangent()), build.type(step.cotangent()),
                  {{"reverse", reverse}, {"exclusive", graph::int_attribute(step.node, "exclusive", 0)}}));
}

}  // namespace pellucid::propagate::operators::gradient
