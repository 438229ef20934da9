#pragma once

#include "propagate/rule_set.hpp"

namespace pellucid::propagate::relevance {

/// The z^B rule of a convolution that reads an image (Montavon et al., 2017, as Transformer attribution's code has it):
/// with L and H the least and the largest value of the sample's image, W⁺ = max(W, 0), W⁻ = min(W, 0),
///   Z = conv(X, W) − conv(L, W⁺) − conv(H, W⁻) + 1e-9,  S = R / Z
///   R_in = X convᵀ(S, W) − L convᵀ(S, W⁺) − H convᵀ(S, W⁻)
/// Convolutions inside a model have no rule.
[[nodiscard]] Rule patch_embedding_rule();

}  // namespace pellucid::propagate::relevance
