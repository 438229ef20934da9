#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/text_units.hpp"

namespace pellucid::render {

/// A symmetric scale: the score at full colour has the place 1.
struct TextScale {
  double full = 0;  ///< 0: all scores are zero

  [[nodiscard]] double place(double score) const { return full > 0 ? score / full : 0; }
};

/// The score of a token that has no coloured part of the text.
struct TokenApart {
  std::int64_t index = 0;
  std::string piece;
  bool special = false;
  double score = 0;
};

/// The scores of an explanation of texts: one per token, sums of them for whatever is shown together.
class TextScores {
 public:
  /// Throws Error{kUnsupported} where there is no single score per token, as with whole attention maps. The explanation
  /// must outlive it.
  explicit TextScores(const Explanation& explanation);
  explicit TextScores(const Explanation&& explanation) = delete;

  [[nodiscard]] std::int64_t targets() const noexcept { return targets_; }
  [[nodiscard]] std::int64_t samples() const noexcept { return samples_; }
  /// What was done to the scores before they were shown; empty where nothing was.
  [[nodiscard]] const std::string& note() const noexcept { return note_; }
  [[nodiscard]] const TokenizedText& text(std::int64_t sample) const;

  [[nodiscard]] double token(std::int64_t target, std::int64_t sample, std::int64_t index) const;
  /// One per unit.
  [[nodiscard]] std::vector<double> sums(std::int64_t target, std::int64_t sample,
                                         const std::vector<UnitSpan>& units) const;
  /// One per word of the text, special tokens in it counted too.
  [[nodiscard]] std::vector<double> words(std::int64_t target, std::int64_t sample) const;
  [[nodiscard]] std::vector<TokenApart> apart(std::int64_t target, std::int64_t sample) const;

  /// Of all targets of one text.
  [[nodiscard]] TextScale scale(std::int64_t sample, TextUnit unit) const;
  /// Of all targets and texts, so that colours mean the same in all of them.
  [[nodiscard]] TextScale common_scale(TextUnit unit) const;

 private:
  void measure(TextUnit unit);

  const std::vector<TokenizedText>& texts_;
  std::int64_t targets_ = 0, samples_ = 0, tokens_ = 0;
  std::string note_;
  std::vector<double> values_;               // [targets, samples, tokens]
  std::array<std::vector<double>, 2> full_;  // [words or pieces][samples]: the largest size of a score
};

}  // namespace pellucid::render
