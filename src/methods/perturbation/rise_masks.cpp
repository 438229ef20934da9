#include "methods/perturbation/rise_masks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/rank_correlation.hpp"

namespace pellucid::methods {
namespace {

/// Where the pixels of one axis lie between the cells of the grid.
struct Axis {
  std::vector<std::size_t> low, high;
  std::vector<double> share;  ///< of `high`

  Axis(std::int64_t pixels, std::int64_t cells, double shift) {
    const std::int64_t cell = (pixels + cells - 1) / cells;
    const double scale = static_cast<double>(cells) / static_cast<double>((cells + 1) * cell);
    const double first = std::floor(shift * static_cast<double>(cell)), last = static_cast<double>(cells - 1);
    for (std::int64_t i = 0; i < pixels; ++i) {
      const double at = std::clamp((static_cast<double>(i) + first + 0.5) * scale - 0.5, 0.0, last);
      low.push_back(static_cast<std::size_t>(at));
      high.push_back(std::min(low.back() + 1, static_cast<std::size_t>(last)));
      share.push_back(at - std::floor(at));
    }
  }
};

}  // namespace

Presence rise_mask(const Shape& extent, const Shape& grid, double p, std::uint64_t seed, std::uint64_t i) {
  const CounterRandom random(seed, i);
  const Axis rows(extent[0], grid[0], random.uniform(0)), columns(extent[1], grid[1], random.uniform(1));
  const auto width = static_cast<std::size_t>(grid[1]);
  std::vector<double> cells(static_cast<std::size_t>(grid[0]) * width);
  for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = random.uniform(2 + c) < p ? 1 : 0;
  Presence mask;
  mask.reserve(rows.low.size() * columns.low.size());
  for (std::size_t y = 0; y < rows.low.size(); ++y) {
    const double *above = cells.data() + rows.low[y] * width, *below = cells.data() + rows.high[y] * width;
    const double down = rows.share[y];
    for (std::size_t x = 0; x < columns.low.size(); ++x) {
      const std::size_t left = columns.low[x], right = columns.high[x];
      const double upper = above[left] + (above[right] - above[left]) * columns.share[x];
      const double lower = below[left] + (below[right] - below[left]) * columns.share[x];
      mask.push_back(static_cast<float>(upper + (lower - upper) * down));
    }
  }
  return mask;
}

Estimate rise_estimate(const Perturbation& masks, const std::vector<double>& f, std::size_t features, double p,
                       bool center) {
  const auto count = static_cast<double>(f.size());
  const double offset = center ? std::accumulate(f.begin(), f.end(), 0.0) / count : 0;
  std::vector<double> squares(features, 0.0);
  std::vector<std::vector<double>> halves(2, std::vector<double>(features, 0.0));
  for (std::size_t i = 0; i < f.size(); ++i) {
    const Presence mask = masks.presence(static_cast<std::int64_t>(i));
    std::vector<double>& half = halves[2 * i < f.size() ? 0 : 1];
    for (std::size_t j = 0; j < features; ++j) {
      const double term = (f[i] - offset) * double(mask[j]) / p;
      half[j] += term;
      squares[j] += term * term;
    }
  }
  Estimate estimate;
  for (std::size_t j = 0; j < features; ++j) {
    const double mean = (halves[0][j] + halves[1][j]) / count;
    estimate.scores.push_back(mean);
    if (count < 2) continue;
    const double variance = std::max(squares[j] - count * mean * mean, 0.0) / (count - 1);
    estimate.errors.push_back(std::sqrt(variance / count));
  }
  if (count >= 2) estimate.halves = 1 - rank_correlation(halves[0], halves[1]).value_or(0);
  return estimate;
}

}  // namespace pellucid::methods
