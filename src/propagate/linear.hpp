#pragma once

#include <optional>
#include <set>

#include "propagate/step.hpp"

namespace pellucid::propagate {

/// A linear layer: one operand made from the input times one weight, and the bias that is added to the product, by the
/// node itself or by an Add behind it.
struct Linear {
  std::size_t input = 0, weight = 1;     ///< operands of the node
  graph::ValueId bias = graph::kNone;    ///< [features], or kNone
  graph::ValueId output = graph::kNone;  ///< with the bias
};

/// How many elements a value has, for each sample where it has samples.
[[nodiscard]] std::int64_t size_of(const graph::Graph& graph, graph::ValueId value);

/// MatMul, Gemm, Conv and Einsum with one operand that is made from the input; nothing for other nodes.
[[nodiscard]] std::optional<Linear> linear_at(const graph::Graph& graph, const graph::Node& node);

/// An Add that adds a linear layer's bias, also where it is added to every head by itself.
[[nodiscard]] bool is_bias_add(const graph::Graph& graph, const graph::Node& node);

/// What a linear layer is there for.
enum class LinearRole {
  kConv,       ///< a convolution: the patch embedding
  kAttention,  ///< projects to queries, keys, values, or from the heads
  kMlp,        ///< beside an activation, inside a block
  kHead,       ///< behind the last residual addition
  kOther
};
/// `forward` are the values to look at where the graph holds more than a model: what walks emitted reads its values,
/// too.
[[nodiscard]] LinearRole role_of(const graph::Graph& graph, const graph::Node& node,
                                 const std::set<graph::ValueId>* forward = nullptr);

/// The node's product with another operand or another weight, without bias: the dims of its output.
[[nodiscard]] graph::ValueId apply_linear(graph::Builder& build, const graph::Node& node, const Linear& linear,
                                          graph::ValueId x, graph::ValueId weight);
/// The transposed product: what a cotangent at the product, [targets, output dims…], becomes at the input.
[[nodiscard]] graph::ValueId transposed_linear(const Step& step, const Linear& linear, graph::ValueId cotangent,
                                               graph::ValueId weight);

}  // namespace pellucid::propagate
