#include "graph/passes/lowerings/lowerings.hpp"

// Attributes that a node leaves out have the float32 values of the ONNX definition.
namespace pellucid::graph::lowerings {
namespace {

ValueId minimum(Builder& build, ValueId x, double bound) {
  return build.op("Min", {x, build.scalar_like(bound, x)}, build.dims(x), build.type(x));
}

ValueId maximum(Builder& build, ValueId x, double bound) { return build.maximum(x, build.scalar_like(bound, x)); }

ValueId is_zero(Builder& build, ValueId x) { return build.compare("Equal", x, build.scalar_like(0, x)); }
ValueId is_negative(Builder& build, ValueId x) { return build.compare("Less", x, build.scalar_like(0, x)); }

/// a / b, and `otherwise` where b = 0.
ValueId quotient(Builder& build, ValueId a, ValueId b, ValueId otherwise) {
  const ValueId zero = is_zero(build, b);
  return build.where(zero, otherwise, build.div(a, build.where(zero, build.scalar_like(1, b), b)));
}

}  // namespace

/// log(1 + t) as t log(u)/(u − 1), u = 1 + t rounded (W. Kahan): exact to a few roundings.
ValueId log_one_plus(Builder& build, ValueId t) {
  const ValueId u = build.add_scalar(t, 1);
  return quotient(build, build.mul(t, build.unary("Log", u)), build.add_scalar(u, -1), t);
}

/// exp(x) − 1 of the negative part of x as x (u − 1)/log(u), u = exp(x) rounded (W. Kahan); below −40 it rounds to −1.
ValueId exp_minus_one(Builder& build, ValueId x) {
  const ValueId negative = maximum(build, minimum(build, x, 0), -40);
  const ValueId u = build.unary("Exp", negative);
  return quotient(build, build.mul(negative, build.add_scalar(u, -1)), build.unary("Log", u), negative);
}

namespace {

/// scale (x where x >= 0, alpha (exp(x / beta) − 1) elsewhere)
ValueId exponential_unit(Lowering& at, double alpha, double beta, double scale) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  const ValueId below = build.mul_scalar(exp_minus_one(build, build.mul_scalar(x, 1 / beta)), alpha * scale);
  return build.where(is_negative(build, x), below, build.mul_scalar(x, scale));
}

ValueId hard_gate(Builder& build, ValueId x, double slope, double offset) {
  return minimum(build, maximum(build, build.add_scalar(build.mul_scalar(x, slope), offset), 0), 1);
}

}  // namespace

ValueId elu(Lowering& at) { return exponential_unit(at, float_attribute(at.node, "alpha", 1), 1, 1); }

ValueId celu(Lowering& at) {
  const double alpha = float_attribute(at.node, "alpha", 1);
  return exponential_unit(at, alpha, alpha, 1);
}

ValueId selu(Lowering& at) {
  const double alpha = float_attribute(at.node, "alpha", 1.67326319217681884765625F);
  return exponential_unit(at, alpha, 1, float_attribute(at.node, "gamma", 1.05070102214813232421875F));
}

ValueId hard_sigmoid(Lowering& at) {
  return hard_gate(at.build, at.input(0), float_attribute(at.node, "alpha", 0.2F),
                   float_attribute(at.node, "beta", 0.5F));
}

ValueId hard_swish(Lowering& at) { return at.build.mul(at.input(0), hard_gate(at.build, at.input(0), 1.0 / 6, 0.5)); }

ValueId leaky_relu(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  return build.where(is_negative(build, x), build.mul_scalar(x, float_attribute(at.node, "alpha", 0.01F)), x);
}

ValueId p_relu(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  return build.where(is_negative(build, x), build.mul(x, at.input(1)), x);
}

ValueId mean(Lowering& at) {
  const ValueId sum = at.build.op("Sum", at.node.inputs, at.output_dims(), at.build.type(at.input(0)));
  return at.build.mul_scalar(sum, 1 / static_cast<double>(at.node.inputs.size()));
}

/// max(x, 0) + log(1 + exp(−|x|))
ValueId softplus(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  const ValueId decay = build.unary("Exp", build.unary("Neg", build.unary("Abs", x)));
  return build.add(maximum(build, x, 0), log_one_plus(build, decay));
}

/// x tanh(softplus(x))
ValueId mish(Lowering& at) {
  return at.build.mul(at.input(0), at.build.unary("Tanh", at.build.unary("Softplus", at.input(0))));
}

ValueId softsign(Lowering& at) {
  const ValueId x = at.input(0);
  return at.build.div(x, at.build.add_scalar(at.build.unary("Abs", x), 1));
}

ValueId thresholded_relu(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0), bound = build.scalar_like(float_attribute(at.node, "alpha", 1), x);
  return build.where(build.compare("Greater", x, bound), x, build.scalar_like(0, x));
}

}  // namespace pellucid::graph::lowerings
