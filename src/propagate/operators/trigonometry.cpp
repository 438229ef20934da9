#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// a x^2 + b
ValueId square_plus(Step& step, ValueId x, double a, double b) {
  return step.build.add_scalar(step.build.mul_scalar(step.build.mul(x, x), a), b);
}

/// factor / sqrt(square)
ValueId over_root(Step& step, double factor, ValueId square) {
  return step.build.div(step.build.scalar_like(factor, square), step.build.unary("Sqrt", square));
}

}  // namespace

void tan(Step& step) { give_scaled(step, square_plus(step, step.output(), 1, 1)); }

void asin(Step& step) { give_scaled(step, over_root(step, 1, square_plus(step, step.input(0), -1, 1))); }

void acos(Step& step) { give_scaled(step, over_root(step, -1, square_plus(step, step.input(0), -1, 1))); }

void atan(Step& step) { give_scaled(step, step.build.unary("Reciprocal", square_plus(step, step.input(0), 1, 1))); }

void sinh(Step& step) { give_scaled(step, step.build.unary("Cosh", step.input(0))); }

void cosh(Step& step) { give_scaled(step, step.build.unary("Sinh", step.input(0))); }

void asinh(Step& step) { give_scaled(step, over_root(step, 1, square_plus(step, step.input(0), 1, 1))); }

void acosh(Step& step) { give_scaled(step, over_root(step, 1, square_plus(step, step.input(0), 1, -1))); }

void atanh(Step& step) { give_scaled(step, step.build.unary("Reciprocal", square_plus(step, step.input(0), -1, 1))); }

}  // namespace pellucid::propagate::operators::gradient
