#include <cmath>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

void abs(Step& step) { give_scaled(step, step.build.unary("Sign", step.input(0))); }

void cos(Step& step) { give_scaled(step, step.build.unary("Neg", step.build.unary("Sin", step.input(0)))); }

void sin(Step& step) { give_scaled(step, step.build.unary("Cos", step.input(0))); }

void exp(Step& step) { give_scaled(step, step.output()); }

void log(Step& step) {
  if (step.wants(0)) step.give(0, step.build.div(step.cotangent(), step.input(0)));
}

void sqrt(Step& step) { give_scaled(step, step.build.div(step.build.scalar_like(0.5, step.output()), step.output())); }

void erf(Step& step) {
  // 2/sqrt(pi) exp(-x^2), the factor taken into the exponent to save a pass over the data
  const ValueId x = step.input(0);
  const ValueId log_factor = step.build.scalar_like(std::log(2.0 / std::sqrt(M_PI)), x);
  give_scaled(step, step.build.unary("Exp", step.build.sub(log_factor, step.build.mul(x, x))));
}

void tanh(Step& step) {
  const ValueId y = step.output();
  give_scaled(step, step.build.sub(step.build.scalar_like(1, y), step.build.mul(y, y)));
}

void sigmoid(Step& step) {
  const ValueId y = step.output();
  give_scaled(step, step.build.sub(y, step.build.mul(y, y)));
}

}  // namespace pellucid::propagate::operators::gradient
