#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {
namespace {

/// x · sigmoid(alpha x).
ValueId scaled_sigmoid_unit(Builder& build, ValueId x, double alpha) {
  return build.mul(x, build.unary("Sigmoid", build.mul_scalar(x, alpha)));
}

ValueId gelu_of(Builder& build, ValueId x, const std::string& form) {
  return build.op("Gelu", {x}, build.dims(x), build.type(x), {{"approximate", form}});
}

}  // namespace

void bias_gelu(FusedNode& at) { at.give(0, gelu_of(at.build, at.build.add(at.required(0), at.required(1)), "none")); }

void fast_gelu(FusedNode& at) {
  const ValueId x = at.has(1) ? at.build.add(at.required(0), at.input(1)) : at.required(0);
  at.give(0, gelu_of(at.build, x, "tanh"));
}

void gelu(FusedNode& at) { at.give(0, gelu_of(at.build, at.required(0), "none")); }

void quick_gelu(FusedNode& at) {
  at.give(0, scaled_sigmoid_unit(at.build, at.required(0), at.number("alpha", 1.702F)));
}

void swish(FusedNode& at) { at.give(0, scaled_sigmoid_unit(at.build, at.required(0), at.number("alpha", 1))); }

}  // namespace pellucid::graph::fused
