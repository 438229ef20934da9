#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pellucid::explain {

/// Places by decreasing score, equal ones by their number.
[[nodiscard]] std::vector<std::size_t> strongest_first(std::span<const double> scores);

/// The share of the k strongest places of one that are among the k strongest of the other; k is in [1, places].
[[nodiscard]] double strongest_overlap(std::span<const double> a, std::span<const double> b, std::int64_t k);

}  // namespace pellucid::explain
