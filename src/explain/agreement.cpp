#include "explain/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

/// Pearson's correlation; none where one side doesn't vary.
std::optional<double> correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto count = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  if (xx == 0 || yy == 0) return std::nullopt;
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

}  // namespace

std::vector<double> average_ranks(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return scores[i] < scores[j]; });
  std::vector<double> ranks(scores.size());
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && scores[order[last]] == scores[order[first]]) ++last;
    const double mean = static_cast<double>(first + 1 + last) / 2;  // of the ranks first + 1 … last
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = mean;
  }
  return ranks;
}

std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b) {
  PELLUCID_ASSERT(a.size() == b.size());
  if (a.size() < 2) return std::nullopt;
  return correlation(average_ranks(a), average_ranks(b));
}

std::vector<std::size_t> strongest_first(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return scores[i] > scores[j]; });
  return order;
}

double strongest_overlap(std::span<const double> a, std::span<const double> b, std::int64_t k) {
  PELLUCID_ASSERT(a.size() == b.size() && k >= 1 && k <= std::ssize(a));
  std::vector<bool> mine(a.size(), false);
  const std::vector<std::size_t> of_a = strongest_first(a), of_b = strongest_first(b);
  for (std::int64_t i = 0; i < k; ++i) mine[of_a[static_cast<std::size_t>(i)]] = true;
  std::int64_t common = 0;
  for (std::int64_t i = 0; i < k; ++i) common += mine[of_b[static_cast<std::size_t>(i)]] ? 1 : 0;
  return static_cast<double>(common) / static_cast<double>(k);
}

}  // namespace pellucid::explain
