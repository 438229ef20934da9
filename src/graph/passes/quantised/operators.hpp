#pragma once

#include "graph/passes/quantised/reals.hpp"

namespace pellucid::graph {

/// Rewrites a quantised node in floating point; false where it can't be told how (it stays, and is refused by name
/// where it is needed).
using Dequantise = bool (*)(Reals& reals, const Node& node);

/// The rewriting of an operator; nullptr where there is none.
[[nodiscard]] Dequantise find_dequantise(const Node& node);

bool dequantise_attention(Reals& reals, const Node& node);
bool dequantise_block_gather(Reals& reals, const Node& node);
bool dequantise_block_product(Reals& reals, const Node& node);
bool dequantise_concat(Reals& reals, const Node& node);
bool dequantise_conv(Reals& reals, const Node& node);
bool dequantise_dynamic(Reals& reals, const Node& node);
bool dequantise_dynamic_product(Reals& reals, const Node& node);
bool dequantise_embedding(Reals& reals, const Node& node);
bool dequantise_float_product(Reals& reals, const Node& node);
bool dequantise_gemm(Reals& reals, const Node& node);
bool dequantise_integer_product(Reals& reals, const Node& node);
bool dequantise_matmul(Reals& reals, const Node& node);
bool dequantise_pair(Reals& reals, const Node& node);
bool dequantise_quantise(Reals& reals, const Node& node);
bool dequantise_select(Reals& reals, const Node& node);
bool dequantise_unary(Reals& reals, const Node& node);
bool dequantise_value(Reals& reals, const Node& node);

}  // namespace pellucid::graph
