#pragma once

#include <vector>

#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// The operator only moves elements of its first input: Reshape, Transpose, Pad, a cast and the like.
[[nodiscard]] bool is_plumbing(const graph::Node& node);
/// One data operand that varies, any number that don't, and the same dims out: activations, biases, scales.
[[nodiscard]] bool is_elementwise(const Dataflow& flow, const graph::Node& node);
/// MatMul, Gemm or Conv of a varying operand with a weight; gives the varying operand, or kNone.
[[nodiscard]] graph::ValueId projected(const Dataflow& flow, const graph::Node& node);
/// Add of two operands that vary; gives them, or nothing.
[[nodiscard]] std::vector<graph::ValueId> joined(const Dataflow& flow, graph::ValueId sum);

/// `id` and the values behind it from which it differs by plumbing alone (a roll made of Slices and a Concat
/// included), from the nearest to the farthest.
[[nodiscard]] std::vector<graph::ValueId> behind_plumbing(const Dataflow& flow, graph::ValueId id);
/// The same, also through products with values that don't vary (scaled skips).
[[nodiscard]] std::vector<graph::ValueId> behind_scales(const Dataflow& flow, graph::ValueId id);

/// Output of the normalisation that follows `id` on every path to the logits, in one node or in its pieces
/// (mean, difference, square, root, quotient, scale, shift); kNone where something else follows.
[[nodiscard]] graph::ValueId normalised(const Dataflow& flow, graph::ValueId id);

}  // namespace pellucid::anatomy
