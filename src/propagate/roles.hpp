#pragma once

#include "graph/graph.hpp"

/// What a node is there for, read off the graph around it: rule sets treat the same operator differently by that.
namespace pellucid::propagate {

/// Whether a value is made from what the model is fed: a floating-point input, or embeddings that token ids look up.
/// Weights, also transposed or cut, and masks made from whole numbers are not.
[[nodiscard]] bool depends_on_input(const graph::Graph& graph, graph::ValueId value);

/// A Softmax whose probabilities multiply values made from the input: attention, and not a head's probabilities.
[[nodiscard]] bool is_attention_softmax(const graph::Graph& graph, const graph::Node& node);

/// A MatMul or Einsum of two values that are both made from the input.
[[nodiscard]] bool is_matrix_product(const graph::Graph& graph, const graph::Node& node);

/// Which operand of a product (MatMul, Einsum) holds attention's probabilities; the other is made from the input.
[[nodiscard]] bool is_attention_value(const graph::Graph& graph, const graph::Node& node, std::size_t& probabilities);

/// The operand of a gated product u · f(w), both made from the input, that an activation f made; false where neither or
/// both are.
[[nodiscard]] bool is_gated_product(const graph::Graph& graph, const graph::Node& node, std::size_t& gate);

/// An activation: an operator, or x · s(x) in single steps.
[[nodiscard]] bool is_activation(const graph::Graph& graph, const graph::Node& node);

/// The product of the constant factors that a value was multiplied by since the last operator that does more than
/// carry and scale: 1/√d of scaled queries.
[[nodiscard]] double constant_factor(const graph::Graph& graph, graph::ValueId value);

/// A product x · s(x), s made element by element from x alone: SiLU, QuickGELU and GELU in single steps. `gate` is the
/// operand s.
[[nodiscard]] bool is_gated_activation(const graph::Graph& graph, const graph::Node& node, std::size_t& gate);

/// x · n(x) or x / n(x) with n a statistic of x: a norm in single steps. `statistic` is the operand n.
[[nodiscard]] bool is_norm(const graph::Graph& graph, const graph::Node& node, std::size_t& statistic);

}  // namespace pellucid::propagate
