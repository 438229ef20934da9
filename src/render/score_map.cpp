#include "render/score_map.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace pellucid::render {
namespace {

/// [outer, folded, inner] summed over the middle axis.
std::vector<double> sum_axis(const std::vector<double>& values, std::int64_t outer, std::int64_t folded,
                             std::int64_t inner) {
  std::vector<double> sums(static_cast<std::size_t>(outer * inner), 0.0);
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t f = 0; f < folded; ++f) {
      for (std::int64_t i = 0; i < inner; ++i) {
        sums[static_cast<std::size_t>(o * inner + i)] += values[static_cast<std::size_t>((o * folded + f) * inner + i)];
      }
    }
  }
  return sums;
}

double covered(std::int64_t cells, double stride, std::int64_t input) {
  if (stride <= 0 || input <= 0) return 1;
  return std::min(1.0, static_cast<double>(cells) * stride / static_cast<double>(input));
}

double quantile(std::vector<double> values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(std::floor(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace

ScoreMaps::ScoreMaps(const Explanation& explanation) : values_(explanation.scores.to_doubles()) {
  const Shape& shape = explanation.scores.shape();
  PELLUCID_CHECK(shape.size() >= 3 && !values_.empty(), kUnsupported,
                 "scores of shape {} cannot be shown: save them as .npz or .safetensors", to_string(shape));
  PELLUCID_ASSERT(std::all_of(values_.begin(), values_.end(), [](double v) { return std::isfinite(v); }));
  PELLUCID_ASSERT(shape[0] == static_cast<std::int64_t>(explanation.targets.size()));
  targets_ = shape[0];
  samples_ = shape[1];
  for (const auto& target : explanation.targets) {
    PELLUCID_ASSERT(static_cast<std::int64_t>(target.samples.size()) == samples_);
  }
  place_on_plane(explanation);
  keep_special(explanation);
}

void ScoreMaps::place_on_plane(const Explanation& explanation) {
  const Shape& shape = explanation.scores.shape();
  const TokenLayout& layout = explanation.layout;
  const auto axes = [&](std::size_t at, std::int64_t a, std::int64_t b) {
    return shape.size() > at + 1 && shape[at] == a && shape[at + 1] == b && a > 0 && b > 0;
  };
  const bool grid = axes(2, layout.rows, layout.columns);
  if (shape.size() == 3 || (grid && shape.size() <= 5) || (shape.size() == 4 && axes(2, shape[2], shape[3]))) {
    planar_ = shape.size() > 3;
    rows_ = planar_ ? shape[2] : 1;
    columns_ = planar_ ? shape[3] : shape[2];
    pixels_ = planar_ && !grid;
    if (shape.size() == 5) {
      values_ = sum_axis(values_, targets_ * samples_ * rows_ * columns_, shape[4], 1);
      note_ = "summed over the width of each token";
    }
  } else if (shape.size() == 5 && axes(3, layout.input_height, layout.input_width)) {
    rows_ = shape[3];
    columns_ = shape[4];
    pixels_ = true;
    values_ = sum_axis(values_, targets_ * samples_, shape[2], rows_ * columns_);
    note_ = "summed over the channels of each pixel";
  } else {
    fail(ErrorCode::kUnsupported, "scores of shape {} cannot be shown: save them as .npz or .safetensors",
         to_string(shape));
  }
  if (grid) {
    covered_height_ = covered(rows_, layout.patch_height, layout.input_height);
    covered_width_ = covered(columns_, layout.patch_width, layout.input_width);
  }
}

void ScoreMaps::keep_special(const Explanation& explanation) {
  const TokenLayout& layout = explanation.layout;
  const Shape& shape = explanation.token_scores.shape();
  if (!planar_ || shape.size() != 3 || shape[0] != targets_ || shape[1] != samples_) return;
  const std::vector<double> values = explanation.token_scores.to_doubles();
  for (std::size_t i = 0; i < layout.special.size(); ++i) {
    const bool named = i < layout.special_names.size() && !layout.special_names[i].empty();
    special_names_.push_back(named ? layout.special_names[i] : "special " + std::to_string(i));
  }
  for (std::int64_t row = 0; row < targets_ * samples_; ++row) {
    for (const std::int64_t token : layout.special) {
      PELLUCID_ASSERT(token >= 0 && token < shape[2]);
      special_.push_back(values[static_cast<std::size_t>(row * shape[2] + token)]);
    }
  }
}

ScoreMap ScoreMaps::map(std::int64_t target, std::int64_t sample) const {
  PELLUCID_ASSERT(target >= 0 && target < targets_ && sample >= 0 && sample < samples_);
  const std::int64_t size = rows_ * columns_;
  const auto first = values_.begin() + (target * samples_ + sample) * size;
  return {rows_, columns_, std::vector<double>(first, first + size)};
}

std::vector<SpecialScore> ScoreMaps::special(std::int64_t target, std::int64_t sample) const {
  const std::size_t count = special_names_.size();
  const std::size_t first = static_cast<std::size_t>(target * samples_ + sample) * count;
  std::vector<SpecialScore> scores;
  for (std::size_t i = 0; i < count; ++i) scores.push_back({special_names_[i], special_[first + i]});
  return scores;
}

double Scale::place(double score) const {
  return high > low ? std::clamp((score - low) / (high - low), 0.0, 1.0) : around_zero ? 0.5 : 0.0;
}

double Scale::strength(double score) const {
  if (!(high > low)) return 0;
  if (around_zero) return std::min(1.0, std::abs(score) / high);
  const double reach = std::max(std::abs(low), std::abs(high));
  return low < 0 ? std::min(1.0, std::abs(score) / reach) : place(score);
}

Scale scale_of(const ScoreMap& map, bool diverging, bool pixels) {
  constexpr double kTail = 0.005;
  const auto [smallest, largest] = std::minmax_element(map.values.begin(), map.values.end());
  Scale scale{*smallest, *largest, diverging, false};
  if (diverging) {
    std::vector<double> sizes(map.values.size());
    std::transform(map.values.begin(), map.values.end(), sizes.begin(), [](double v) { return std::abs(v); });
    const double peak = std::max(std::abs(*smallest), std::abs(*largest));
    scale.high = pixels ? quantile(std::move(sizes), 1 - kTail) : peak;
    if (scale.high == 0) scale.high = peak;
    scale.low = -scale.high;
    scale.saturated = scale.high < peak;
  } else if (pixels) {
    const double low = quantile(map.values, kTail), high = quantile(map.values, 1 - kTail);
    if (high > low) scale = {low, high, false, low > *smallest || high < *largest};
  }
  return scale;
}

Scale scale_of(const ScoreMaps& maps, std::int64_t target, std::int64_t sample, bool diverging, bool of_all_targets) {
  ScoreMap map = maps.map(target, sample);
  for (std::int64_t other = 0; of_all_targets && other < maps.targets(); ++other) {
    if (other == target) continue;
    const ScoreMap more = maps.map(other, sample);
    map.values.insert(map.values.end(), more.values.begin(), more.values.end());
  }
  return scale_of(map, diverging, maps.pixels());
}

}  // namespace pellucid::render
