#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

std::vector<std::int64_t> lifted_axis(const Step& step) {
  return behind_targets({graph::int_attribute(step.node, "axis", -1)}, step.input_rank(0));
}

}  // namespace

void softmax(Step& step) {
  // A (g - sum A g): a masked position has A = 0, so that the -inf of the mask is never met
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const ValueId probability = step.output();
  const ValueId mean = build.reduce_sum(build.mul(step.cotangent(), probability), lifted_axis(step), true);
  step.give(0, build.mul(build.sub(step.cotangent(), mean), probability));
}

void log_softmax(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const ValueId total = build.reduce_sum(step.cotangent(), lifted_axis(step), true);
  step.give(0, build.sub(step.cotangent(), build.mul(total, build.unary("Exp", step.output()))));
}

}  // namespace pellucid::propagate::operators::gradient
