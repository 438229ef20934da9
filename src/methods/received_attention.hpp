#pragma once

#include "methods/hidden_states.hpp"

namespace pellucid::methods {

/// c[j] = 1/(H·n) Σ_h Σ_i v_i A[h, i, j], the attention that a token receives from the n tokens that are no padding:
/// [B, T].
[[nodiscard]] graph::ValueId attention_received(Context& context, const anatomy::AttentionSite& site);
/// AttCAT: Σ_l c_l[j] · Σ_k h_l[j, k] ∂y/∂h_l[j, k], [K, B, T].
[[nodiscard]] graph::ValueId attcat_scores(Context& context, const std::vector<HiddenState>& states);

}  // namespace pellucid::methods
