#pragma once

#include "methods/context.hpp"

namespace pellucid::methods {

/// How much of the answer the gradient at the tokens tells of: Σ_i |Σ_k E[i,k] ∂y/∂E[i,k]|, [K, B], to be compared with
/// |y|. It is tiny where the way to the answer is saturated; scores made of this gradient are then tiny, too, and of
/// either sign. kNone where the walk didn't pass the tokens.
[[nodiscard]] graph::ValueId told_by_gradient(Context& context);

}  // namespace pellucid::methods
