#pragma once

#include "methods/context.hpp"

namespace pellucid::methods {

/// Folds the feature axis as the option `reduce` says: [K, B, T, width] at tokens, [K, B, channels, height, width] at
/// an image input. "sum", "l2", "max", or "none" for as it is.
[[nodiscard]] graph::ValueId fold_features(Context& context, graph::ValueId value);

/// x ⊙ ∂y/∂x at the tensor that `at` names, folded.
[[nodiscard]] graph::ValueId times_cotangent(Context& context);
/// What it takes the cotangent of.
[[nodiscard]] std::vector<graph::ValueId> wanted_at(const Context& context);

}  // namespace pellucid::methods
