#pragma once

#include <pellucid/explanation.hpp>

namespace pellucid::explain {

/// How far scores are from those of the same explanation in float64: the largest difference, relative to the largest
/// exact score of that target and sample.
[[nodiscard]] Gap precision_gap(const Explanation& explanation, const Explanation& exact);

}  // namespace pellucid::explain
