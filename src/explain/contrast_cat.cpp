#include "explain/contrast_cat.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace pellucid::explain {

TokenMap min_max(TokenMap map) {
  const auto [low, high] = std::minmax_element(map.begin(), map.end());
  const double least = *low, range = *high - *low;
  for (double& score : map) score = range > 0 ? (score - least) / range : 0;
  return map;
}

std::vector<std::int64_t> deletion_counts(std::int64_t tokens) {
  constexpr int kSteps = 9;
  std::vector<std::int64_t> counts;
  for (int j = 1; j <= kSteps; ++j) {
    const auto count = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(tokens * j) / kSteps));
    if (counts.empty() || counts.back() != count) counts.push_back(count);
  }
  return counts;
}

std::vector<std::size_t> tokens_left(const TokenMap& map, const std::vector<bool>& special, std::int64_t count) {
  PELLUCID_ASSERT(!map.empty() && special.size() == map.size());
  std::vector<std::size_t> order(map.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&map](std::size_t a, std::size_t b) { return map[a] > map[b]; });
  std::vector<bool> deleted(map.size(), false);
  for (std::size_t i = 0; i + 1 < order.size() && count > 0; ++i) {
    if (special[order[i]]) continue;
    deleted[order[i]] = true;
    --count;
  }
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < map.size(); ++i)
    if (!deleted[i]) left.push_back(i);
  return left;
}

std::vector<bool> kept_maps(const std::vector<double>& drops) {
  const auto count = static_cast<double>(drops.size());
  const double mean = std::accumulate(drops.begin(), drops.end(), 0.0) / count;
  double variance = 0;
  for (const double drop : drops) variance += (drop - mean) * (drop - mean) / count;
  const double bar = mean + std::sqrt(variance);
  std::vector<bool> kept;
  for (const double drop : drops) kept.push_back(drop >= bar);
  if (std::find(kept.begin(), kept.end(), true) == kept.end()) kept.assign(drops.size(), true);
  return kept;
}

TokenMap mean_map(const std::vector<TokenMap>& maps, const std::vector<bool>& kept) {
  PELLUCID_ASSERT(!maps.empty() && maps.size() == kept.size());
  TokenMap mean(maps.front().size(), 0.0);
  const auto count = static_cast<double>(std::count(kept.begin(), kept.end(), true));
  for (std::size_t r = 0; r < maps.size(); ++r)
    for (std::size_t i = 0; kept[r] && i < mean.size(); ++i) mean[i] += maps[r][i] / count;
  return mean;
}

}  // namespace pellucid::explain
