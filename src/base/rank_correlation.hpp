#pragma once

#include <optional>
#include <span>
#include <vector>

namespace pellucid {

/// Ranks from 1 by increasing score; equal scores share the mean of their ranks.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> scores);

/// Spearman's rank correlation: Pearson's of the average ranks. None with fewer than two places, or where all scores of
/// one side are equal.
[[nodiscard]] std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace pellucid
