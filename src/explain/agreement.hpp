#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pellucid::explain {

/// Ranks from 1 by increasing score; equal scores share the mean of their ranks.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> scores);

/// Spearman's rank correlation: Pearson's of the average ranks. None with fewer than two places, or where all scores of
/// one side are equal.
[[nodiscard]] std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b);

/// Places by decreasing score, equal ones by their number.
[[nodiscard]] std::vector<std::size_t> strongest_first(std::span<const double> scores);

/// The share of the k strongest places of one that are among the k strongest of the other; k is in [1, places].
[[nodiscard]] double strongest_overlap(std::span<const double> a, std::span<const double> b, std::int64_t k);

}  // namespace pellucid::explain
