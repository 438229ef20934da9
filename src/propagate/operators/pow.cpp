#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// c x^(c-1) for a constant c, from what is at hand for the usual exponents.
ValueId constant_power_slope(Step& step, double exponent) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  if (exponent == 2.0) return build.mul_scalar(x, 2);
  if (exponent == 3.0) return build.mul_scalar(build.mul(x, x), 3);
  if (exponent == 0.5) return build.div(build.scalar_like(0.5, x), step.output());
  return build.mul_scalar(build.pow(x, build.scalar_like(exponent - 1, x)), exponent);
}

}  // namespace

void pow(Step& step) {
  graph::Builder& build = step.build;
  double exponent = 0;
  const bool constant = graph::constant_scalar(build.graph(), step.input(1), exponent);
  if (step.wants(0) && constant) {
    if (exponent == 1.0)
      step.give_summed(0, step.cotangent());
    else
      step.give_summed(0, build.mul(step.cotangent(), constant_power_slope(step, exponent)));
  } else if (step.wants(0)) {
    const ValueId power = build.cast(step.input(1), build.type(step.input(0)));
    const ValueId slope = build.mul(build.pow(step.input(0), build.add_scalar(power, -1)), power);
    step.give_summed(0, build.mul(step.cotangent(), slope));
  }
  if (!step.wants(1)) return;
  const ValueId slope = build.mul(step.output(), build.unary("Log", step.input(0)));
  step.give_summed(1, build.cast(build.mul(step.cotangent(), slope), build.type(step.input(1))));
}

}  // namespace pellucid::propagate::operators::gradient
