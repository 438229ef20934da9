#include "explain/agreement.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace pellucid::explain {

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
