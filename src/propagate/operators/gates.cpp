#include "propagate/operators/gates.hpp"

#include <cmath>

#include "propagate/operators/helpers.hpp"

namespace pellucid::propagate::operators::gate {

using graph::ValueId;

// (1 + erf(x/√2))/2, or σ(2u) = (1 + tanh(u))/2 with u = √(2/π) (x + 0.044715 x³)
void gelu(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  if (graph::string_attribute(step.node, "approximate", "none") == "tanh") {
    const double linear = 2 * std::sqrt(2 / M_PI), cubic = 0.044715 * linear;
    const ValueId slope = build.add_scalar(build.mul_scalar(build.mul(x, x), cubic), linear);
    return give_scaled(step, build.unary("Sigmoid", build.mul(x, slope)));
  }
  const ValueId half = build.mul_scalar(build.unary("Erf", build.mul_scalar(x, std::sqrt(0.5))), 0.5);
  give_scaled(step, build.add_scalar(half, 0.5));
}

// x/6 + 1/2 between 0 and 1
void hard_swish(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const ValueId ramp = build.add_scalar(build.mul_scalar(x, 1.0 / 6.0), 0.5);
  give_scaled(step,
              build.op("Clip", {ramp, build.scalar_like(0, x), build.scalar_like(1, x)}, build.dims(x), build.type(x)));
}

void mish(Step& step) {
  graph::Builder& build = step.build;
  give_scaled(step, build.unary("Tanh", build.unary("Softplus", step.input(0))));
}

void quotient(Step& step) {
  graph::Builder& build = step.build;
  constexpr double kNear = 1e-4;  // there 1 is right to 1e-8 for odd f, to 1e-4 for others
  const ValueId x = step.input(0), one = build.scalar_like(1, x);
  const ValueId near = build.compare("Less", build.unary("Abs", x), build.scalar_like(kNear, x));
  give_scaled(step, build.where(near, one, build.div(step.output(), build.where(near, one, x))));
}

}  // namespace pellucid::propagate::operators::gate
