#include "explain/place_scores.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace pellucid::explain {
namespace {

/// [outer, folded, inner] summed over the middle axis.
std::vector<double> summed(const std::vector<double>& values, std::int64_t outer, std::int64_t folded,
                           std::int64_t inner) {
  std::vector<double> sums(static_cast<std::size_t>(outer * inner), 0.0);
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t f = 0; f < folded; ++f)
      for (std::int64_t i = 0; i < inner; ++i)
        sums[static_cast<std::size_t>(o * inner + i)] += values[static_cast<std::size_t>((o * folded + f) * inner + i)];
  return sums;
}

/// The patch of a pixel; the last takes what its stride leaves over.
std::size_t patch_of(std::int64_t pixel, double stride, std::int64_t patches) {
  const auto patch = static_cast<std::int64_t>(static_cast<double>(pixel) / stride);
  return static_cast<std::size_t>(std::min(patch, patches - 1));
}

/// Of texts, whose special tokens are marked.
PlaceScores::Content content_of(const std::vector<TokenizedText>& texts) {
  PlaceScores::Content content;
  for (const TokenizedText& text : texts) {
    content.emplace_back();
    for (const TextToken& token : text.tokens) content.back().push_back(!token.special);
  }
  return content;
}

}  // namespace

PlaceScores::PlaceScores(const Explanation& explanation, Content content)
    : explanation_(explanation),
      content_(explanation.texts.empty() ? std::move(content) : content_of(explanation.texts)) {
  const Shape& shape = explanation.scores.shape();
  if (shape.size() >= 3 && explanation.scores.size() > 0) {
    samples_ = shape[1];
    values_ = explanation.scores.to_doubles();
    if (!content_.empty()) read_text(shape);
    if (place_.empty() && explanation.texts.empty()) read_picture(shape);
  }
  if (place_.empty()) why_not_ = fmt::format("its scores of shape {} are not one for every place", to_string(shape));
}

void PlaceScores::read_text(const Shape& shape) {
  const bool wide = shape.size() == 4 && shape[2] != shape[3];  // [.., tokens, tokens] are attention
  if (shape.size() != 3 && !wide) return;
  if (explanation_.texts.empty() && std::ssize(content_.front()) != shape[2]) return;  // of another stream
  kept_ = shape[2];
  if (wide) values_ = summed(values_, shape[0] * shape[1] * shape[2], shape[3], 1);
  place_ = "token";
}

void PlaceScores::read_picture(const Shape& shape) {
  const TokenLayout& layout = explanation_.layout;
  const std::int64_t rows = shape[0] * shape[1];
  const auto ends_in = [&shape](std::size_t at, std::int64_t height, std::int64_t width) {
    return height > 0 && shape.size() >= at + 2 && shape[at] == height && shape[at + 1] == width;
  };
  if (ends_in(2, layout.rows, layout.columns) && shape.size() <= 5) {
    place_ = "patch";
    kept_ = layout.rows * layout.columns;
    if (shape.size() == 5) values_ = summed(values_, rows * kept_, shape[4], 1);
    return;
  }
  const std::size_t plane = shape.size() - 2;
  if (shape.size() <= 5 && shape.size() >= 4 && ends_in(plane, layout.input_height, layout.input_width)) {
    pixels_ = layout.rows > 0;
    place_ = pixels_ ? "patch" : "element";
    kept_ = layout.input_height * layout.input_width;
    if (shape.size() == 5) values_ = summed(values_, rows, shape[2], kept_);
    return;
  }
  if (shape.size() != 3) return;
  place_ = "element";
  kept_ = shape[2];
}

std::vector<double> PlaceScores::patch_sums(const double* pixels) const {
  const TokenLayout& layout = explanation_.layout;
  std::vector<double> sums(static_cast<std::size_t>(layout.rows * layout.columns), 0.0);
  for (std::int64_t y = 0; y < layout.input_height; ++y)
    for (std::int64_t x = 0; x < layout.input_width; ++x)
      sums[patch_of(y, layout.patch_height, layout.rows) * static_cast<std::size_t>(layout.columns) +
           patch_of(x, layout.patch_width, layout.columns)] += pixels[y * layout.input_width + x];
  return sums;
}

std::vector<double> PlaceScores::of(std::int64_t target, std::int64_t sample) const {
  PELLUCID_ASSERT(why_not_.empty() && sample < samples_);
  const double* first = values_.data() + (target * samples_ + sample) * kept_;
  if (pixels_) return patch_sums(first);
  if (place_ != "token") return {first, first + kept_};
  std::vector<double> scores;
  const std::vector<bool>& content = content_.at(static_cast<std::size_t>(sample));
  for (std::size_t i = 0; i < content.size(); ++i)
    if (content[i]) scores.push_back(first[i]);
  return scores;
}

}  // namespace pellucid::explain
