#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

void mul(Step& step) {
  const ValueId a = step.input(0), b = step.input(1);
  if (step.wants(0)) step.give_summed(0, step.build.mul(step.cotangent(), b));
  if (!step.wants(1)) return;
  if (a == b)
    step.give(1, step.given(0));
  else
    step.give_summed(1, step.build.mul(step.cotangent(), a));
}

void div(Step& step) {
  // y = a / b:  da = g / b,  db = -(g / b) y, summed before the sign is changed
  const ValueId quotient = step.build.div(step.cotangent(), step.input(1));
  if (step.wants(0)) step.give_summed(0, quotient);
  if (!step.wants(1)) return;
  const ValueId share = step.build.sum_to(step.build.mul(quotient, step.output()), step.input_dims(1));
  step.give(1, step.build.unary("Neg", share));
}

void mod(Step& step) {
  // y = a - b trunc(a / b):  da = g,  db = -g trunc(a / b) = g (y - a) / b
  graph::Builder& build = step.build;
  if (step.wants(0)) step.give_summed(0, step.cotangent());
  if (!step.wants(1)) return;
  const ValueId minus_quotient = build.div(build.sub(step.output(), step.input(0)), step.input(1));
  step.give_summed(1, build.mul(step.cotangent(), minus_quotient));
}

void reciprocal(Step& step) {
  give_scaled(step, step.build.unary("Neg", step.build.mul(step.output(), step.output())));
}

}  // namespace pellucid::propagate::operators::gradient
