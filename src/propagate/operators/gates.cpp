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

void softsign(Step& step) {
  give_scaled(step, step.build.unary("Reciprocal", step.build.add_scalar(step.build.unary("Abs", step.input(0)), 1)));
}

void shrink(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0), bound = build.scalar_like(graph::float_attribute(step.node, "lambd", 0.5), x);
  const ValueId outside = build.compare("Greater", build.unary("Abs", x), bound);
  const ValueId divisor = build.where(outside, x, build.scalar_like(1, x));
  give_scaled(step, build.where(outside, build.div(step.output(), divisor), build.scalar_like(0, x)));
}

namespace {

/// y/x, and `limit` near 0.
ValueId quotient_with_limit(Step& step, double limit) {
  graph::Builder& build = step.build;
  constexpr double kNear = 1e-4;  // there the limit is right to 1e-8 for odd f, to 1e-4 for others
  const ValueId x = step.input(0), one = build.scalar_like(1, x);
  const ValueId near = build.compare("Less", build.unary("Abs", x), build.scalar_like(kNear, x));
  return build.where(near, build.scalar_like(limit, x), build.div(step.output(), build.where(near, one, x)));
}

}  // namespace

void exponential_unit(Step& step) {
  graph::Builder& build = step.build;
  const ValueId x = step.input(0);
  const bool selu = step.node.op == "Selu";
  const double alpha = graph::float_attribute(step.node, "alpha", selu ? 1.67326319217681884765625F : 1.0F);
  const double slope = selu ? graph::float_attribute(step.node, "gamma", 1.05070102214813232421875F) : 1;
  const ValueId positive = build.compare("Greater", x, build.scalar_like(0, x));
  give_scaled(step, build.where(positive, build.scalar_like(slope, x), quotient_with_limit(step, alpha * slope)));
}

void quotient(Step& step) { give_scaled(step, quotient_with_limit(step, 1)); }

}  // namespace pellucid::propagate::operators::gate
