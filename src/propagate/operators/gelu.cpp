#include <cmath>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// Phi(x) + x phi(x), with phi the normal density and Phi its integral. phi's factor is taken into the exponent.
ValueId exact_slope(graph::Builder& build, ValueId x) {
  const ValueId scaled = build.mul_scalar(x, std::sqrt(0.5));
  const ValueId integral = build.add_scalar(build.mul_scalar(build.unary("Erf", scaled), 0.5), 0.5);
  const ValueId log_factor = build.scalar_like(-0.5 * std::log(2 * M_PI), x);
  const ValueId density = build.unary("Exp", build.sub(log_factor, build.mul(scaled, scaled)));
  return build.add(integral, build.mul(x, density));
}

/// y = x s with s = sigmoid(2 u), u = sqrt(2/pi) (x + 0.044715 x^3):  s + (y - y s) 2 u'
ValueId tanh_slope(graph::Builder& build, ValueId x, ValueId y) {
  const double linear = 2 * std::sqrt(2 / M_PI), cubic = 0.044715 * linear;
  const ValueId square = build.mul(x, x);
  const ValueId s = build.unary("Sigmoid", build.mul(x, build.add_scalar(build.mul_scalar(square, cubic), linear)));
  const ValueId inner_slope = build.add_scalar(build.mul_scalar(square, 3 * cubic), linear);
  return build.add(s, build.mul(build.sub(y, build.mul(y, s)), inner_slope));
}

}  // namespace

void gelu(Step& step) {
  const bool tanh = graph::string_attribute(step.node, "approximate", "none") == "tanh";
  if (!step.wants(0)) return;
  give_scaled(step,
              tanh ? tanh_slope(step.build, step.input(0), step.output()) : exact_slope(step.build, step.input(0)));
}

}  // namespace pellucid::propagate::operators::gradient
