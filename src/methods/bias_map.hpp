#pragma once

#include <vector>

#include "methods/context.hpp"

namespace pellucid::methods {

/// A bias that is added between the tokens and the scores.
struct Bias {
  graph::ValueId output = graph::kNone;  ///< the value that it was added to, with it: its cotangent is the bias's, too
  graph::ValueId bias = graph::kNone;    ///< constant, one element per feature, or per head and feature
  bool of_channels = false;              ///< the output is [batch, features, tokens]: a convolution of width 1
  double factor = 1;                     ///< Gemm's beta
  std::int64_t blocks = 0;               ///< of how many block inputs the output depends (l + 1 inside block l)
  graph::NodeId node = graph::kNone;
};

/// All of them, in graph order: of linear layers (Add of a constant vector to a product with a constant,
/// also after its heads were taken apart, Gemm, Conv over [batch, features, tokens]) and of
/// norms (LayerNormalization's shift, Add of a constant vector to a product with a constant vector).
/// Throws Error{kUnsupported} at a bias that no token can be given (of a convolution or a normalization over channels).
[[nodiscard]] std::vector<Bias> find_biases(const graph::Graph& graph, const anatomy::Stream& stream);
/// The same; the error names the method.
[[nodiscard]] std::vector<Bias> find_biases(const Context& context, const std::string& method);

/// A bias, of the dims with which it broadcasts over its output.
[[nodiscard]] graph::ValueId aligned(graph::Builder& build, const Bias& bias);

/// B_i = Σ over biases β of Σ_d β_d ∂y/∂(output)[i, d]: [K, B, T]. Outputs without a token axis count for the read-out
/// rows. With `per_block`, a bias counts once for every block input that its output depends on (Σ_l B_l); else once.
/// kNone where the walk passed no bias.
[[nodiscard]] graph::ValueId bias_map(Context& context, const std::string& method, bool per_block);

}  // namespace pellucid::methods
