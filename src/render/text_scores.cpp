#include "render/text_scores.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace pellucid::render {
namespace {

/// [tokens, width] summed over the width.
std::vector<double> sum_width(const std::vector<double>& values, std::size_t width) {
  std::vector<double> sums(values.size() / width, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i / width] += values[i];
  return sums;
}

}  // namespace

TextScores::TextScores(const Explanation& explanation)
    : texts_(explanation.texts), values_(explanation.scores.to_doubles()) {
  const Shape& shape = explanation.scores.shape();
  const bool wide = shape.size() == 4 && shape[3] > 0 && shape[2] != shape[3];  // [.., tokens, tokens] are attention
  PELLUCID_CHECK(shape.size() == 3 || wide, kUnsupported,
                 "scores of shape {} cannot be shown over a text: save them as .npz or .safetensors", to_string(shape));
  PELLUCID_ASSERT(std::all_of(values_.begin(), values_.end(), [](double v) { return std::isfinite(v); }));
  targets_ = shape[0];
  samples_ = shape[1];
  tokens_ = shape[2];
  PELLUCID_ASSERT(targets_ == static_cast<std::int64_t>(explanation.targets.size()));
  PELLUCID_ASSERT(samples_ == static_cast<std::int64_t>(texts_.size()));
  for (const auto& target : explanation.targets) PELLUCID_ASSERT(target.samples.size() == texts_.size());
  for (const auto& text : texts_) PELLUCID_ASSERT(static_cast<std::int64_t>(text.tokens.size()) <= tokens_);
  if (wide) {
    values_ = sum_width(values_, static_cast<std::size_t>(shape[3]));
    note_ = "summed over the width of each token";
  }
  measure(TextUnit::kWords);
  measure(TextUnit::kPieces);
}

const TokenizedText& TextScores::text(std::int64_t sample) const {
  PELLUCID_ASSERT(sample >= 0 && sample < samples_);
  return texts_[static_cast<std::size_t>(sample)];
}

double TextScores::token(std::int64_t target, std::int64_t sample, std::int64_t index) const {
  PELLUCID_ASSERT(target >= 0 && target < targets_);
  PELLUCID_ASSERT(index >= 0 && index < static_cast<std::int64_t>(text(sample).tokens.size()));
  return values_[static_cast<std::size_t>((target * samples_ + sample) * tokens_ + index)];
}

std::vector<double> TextScores::sums(std::int64_t target, std::int64_t sample,
                                     const std::vector<UnitSpan>& units) const {
  std::vector<double> sums;
  for (const UnitSpan& unit : units) {
    double sum = 0;
    for (const std::int64_t index : unit.tokens) sum += token(target, sample, index);
    sums.push_back(sum);
  }
  return sums;
}

std::vector<double> TextScores::words(std::int64_t target, std::int64_t sample) const {
  std::vector<UnitSpan> units;
  for (const TextWord& word : text(sample).words) units.push_back({word.sequence, 0, 0, word.tokens});
  return sums(target, sample, units);
}

std::vector<TokenApart> TextScores::apart(std::int64_t target, std::int64_t sample) const {
  std::vector<TokenApart> tokens;
  for (const std::int64_t index : tokens_apart(text(sample))) {
    const TextToken& found = text(sample).tokens[static_cast<std::size_t>(index)];
    tokens.push_back({index, found.piece, found.special, token(target, sample, index)});
  }
  return tokens;
}

void TextScores::measure(TextUnit unit) {
  for (std::int64_t sample = 0; sample < samples_; ++sample) {
    const TextLayout layout = lay_out(text(sample), unit);
    double full = 0;
    for (std::int64_t target = 0; target < targets_; ++target) {
      for (const double sum : sums(target, sample, layout.units)) full = std::max(full, std::abs(sum));
    }
    full_[static_cast<std::size_t>(unit)].push_back(full);
  }
}

TextScale TextScores::scale(std::int64_t sample, TextUnit unit) const {
  PELLUCID_ASSERT(sample >= 0 && sample < samples_);
  return {full_[static_cast<std::size_t>(unit)][static_cast<std::size_t>(sample)]};
}

TextScale TextScores::common_scale(TextUnit unit) const {
  const std::vector<double>& all = full_[static_cast<std::size_t>(unit)];
  return {all.empty() ? 0 : *std::max_element(all.begin(), all.end())};
}

}  // namespace pellucid::render
