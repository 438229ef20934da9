#include "propagate/operators/helpers.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators {

using graph::ValueId;

namespace {

/// y = (x - mean) / (deviation + 1e-9): r (g - mean(g) - x' mean(g y)), r = 1 / (deviation + 1e-9) and
/// x' = (x - mean) / deviation, zero where the deviation is; held: without the last term.
void give_centred(Step& step, bool held) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  std::vector<std::int64_t> axes = graph::ints_attribute(step.node, "axes");
  if (axes.empty()) axes = {0, 2, 3};
  for (std::int64_t& axis : axes) {
    axis = graph::positive_axis(axis, step.input_rank(0));
    (void)fixed_size(step, step.input_dims(0)[static_cast<std::size_t>(axis)], "a normalized axis");
  }
  const ValueId x = step.input(0), g = step.cotangent();
  const ValueId centred = build.sub(x, build.reduce_mean(x, axes, true));
  const ValueId deviation = build.unary("Sqrt", build.reduce_mean(build.mul(centred, centred), axes, true));
  const ValueId inverse = build.unary("Reciprocal", build.add_scalar(deviation, 1e-9));
  const std::vector<std::int64_t> lifted = behind_targets(axes, step.input_rank(0));
  ValueId share = build.sub(g, build.reduce_mean(g, lifted, true));
  if (!held) {
    const ValueId zero = build.scalar_like(0, x), flat = build.compare("Equal", deviation, zero);
    const ValueId divisor = build.where(flat, build.scalar_like(1, x), deviation);
    const ValueId slope = build.where(flat, zero, build.div(centred, divisor));
    share = build.sub(share, build.mul(build.reduce_mean(build.mul(g, step.output()), lifted, true), slope));
  }
  step.give(0, build.mul(share, inverse));
}

}  // namespace

namespace gradient {

void mean_variance_normalization(Step& step) { give_centred(step, false); }

}  // namespace gradient

void mean_variance_normalization_held(Step& step) { give_centred(step, true); }

}  // namespace pellucid::propagate::operators
