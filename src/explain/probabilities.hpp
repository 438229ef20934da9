#pragma once

#include <span>
#include <vector>

namespace pellucid::explain {

/// How likely each class is: softmax of the logits where classes exclude one another, else each by itself.
[[nodiscard]] std::vector<double> probabilities_of(std::span<const double> logits, bool exclusive);

}  // namespace pellucid::explain
