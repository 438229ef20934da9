#pragma once

#include <vector>

#include "graph/builder.hpp"

namespace pellucid::graph::lowerings {

/// A node to be written in other operators.
struct Lowering {
  Builder& build;
  Node node;

  [[nodiscard]] bool has(std::size_t i) const { return i < node.inputs.size() && node.inputs[i] != kNone; }
  [[nodiscard]] ValueId input(std::size_t i) const { return node.inputs.at(i); }
  [[nodiscard]] Dims input_dims(std::size_t i) const { return build.dims(input(i)); }
  [[nodiscard]] Dims output_dims() const { return build.dims(node.outputs.at(0)); }
};

/// Emits what computes the first output and returns it; it may emit operators that are lowered in their turn.
/// Throws Error{kUnsupported} on attributes that it doesn't cover.
using Lower = ValueId (*)(Lowering&);

/// A linear map of one axis, which doesn't depend on the batch: `matrix` is [out, in], row-major. x: at least rank 2.
[[nodiscard]] ValueId along_axis(Builder& build, ValueId x, std::size_t axis, std::int64_t out,
                                 const std::vector<double>& matrix);

/// log(1 + t) for t >= 0, exact to a few roundings.
[[nodiscard]] ValueId log_one_plus(Builder& build, ValueId t);
/// exp(x) − 1 of the negative part of x, exact to a few roundings.
[[nodiscard]] ValueId exp_minus_one(Builder& build, ValueId x);

ValueId acos(Lowering& at);
ValueId acosh(Lowering& at);
ValueId asin(Lowering& at);
ValueId asinh(Lowering& at);
ValueId atan(Lowering& at);
ValueId atanh(Lowering& at);
ValueId average_pool(Lowering& at);
ValueId celu(Lowering& at);
ValueId conv(Lowering& at);
ValueId conv_transpose(Lowering& at);
ValueId cosh(Lowering& at);
ValueId elu(Lowering& at);
ValueId erf(Lowering& at);
ValueId gelu(Lowering& at);
ValueId global_average_pool(Lowering& at);
ValueId global_lp_pool(Lowering& at);
ValueId global_max_pool(Lowering& at);
ValueId group_normalization(Lowering& at);
ValueId hardmax(Lowering& at);
ValueId hard_sigmoid(Lowering& at);
ValueId hard_swish(Lowering& at);
ValueId instance_normalization(Lowering& at);
/// Mean and 1/deviation of a LayerNormalization are float32 whatever it computes in: what the node has of them is
/// computed beside it, and the node keeps its first output alone.
void layer_normalization_statistics(Builder& build, NodeId id);
ValueId leaky_relu(Lowering& at);
ValueId lp_pool(Lowering& at);
ValueId lrn(Lowering& at);
ValueId mean(Lowering& at);
ValueId mean_variance_normalization(Lowering& at);
ValueId mish(Lowering& at);
ValueId non_zero(Lowering& at);
ValueId one_hot(Lowering& at);
ValueId p_relu(Lowering& at);
ValueId resize(Lowering& at);
ValueId selu(Lowering& at);
ValueId sinh(Lowering& at);
ValueId softplus(Lowering& at);
ValueId softsign(Lowering& at);
ValueId tan(Lowering& at);
ValueId thresholded_relu(Lowering& at);

}  // namespace pellucid::graph::lowerings
