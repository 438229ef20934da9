#pragma once

#include <string>
#include <vector>

#include "methods/bias_map.hpp"

namespace pellucid::methods {

/// Whether these rules keep a sum that can be checked: `libra` y, `chefer` the 1 that relevance starts with.
[[nodiscard]] bool keeps_total(const std::string& rules);

/// The biases that `libra`'s total counts; nothing where the model has some that can't be counted (of convolutions
/// inside its blocks), and then there is no total.
[[nodiscard]] std::optional<std::vector<Bias>> countable_biases(const Context& context);

/// What a walk kept, at the input of every block that it passed, from the lowest to the last: [K, B, n]; kNone where it
/// passed none. Under `chefer` ΣR_l; under `libra` Σ h_l ⊙ g + Σ β ⊙ g over the biases behind (FullGrad completeness).
[[nodiscard]] graph::ValueId totals(Context& context, const std::string& rules, const std::vector<Bias>& biases);

}  // namespace pellucid::methods
