#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <pellucid/text.hpp>

namespace pellucid::render {

/// What of a text carries one colour.
enum class TextUnit { kWords, kPieces };

/// Tokens that are shown as one part of the text.
struct UnitSpan {
  std::int64_t sequence = 0;
  std::size_t begin = 0, end = 0;    ///< bytes
  std::vector<std::int64_t> tokens;  ///< its score is the sum of theirs
};

/// A stretch of the original text. The stretches of a sequence follow each other without gap or overlap.
struct TextPart {
  enum class Kind { kBetween, kUnit, kSpecial, kCut };
  Kind kind = Kind::kBetween;
  std::string_view text;
  std::size_t unit = 0;  ///< index, of kUnit
};

/// A text taken apart: every character of it, some with a score. Special tokens have none here, not even where they
/// stand for a part of the text; tokens that share characters (bytes of one letter) are one unit.
/// The text must outlive it.
struct TextLayout {
  std::vector<UnitSpan> units;                   ///< in the order of the text, those of the pair last
  std::vector<std::vector<TextPart>> sequences;  ///< one, or two for a pair
};

[[nodiscard]] TextLayout lay_out(const TokenizedText& text, TextUnit unit);

/// The part of the text or its pair; ends beyond it are a mistake of ours.
[[nodiscard]] std::string_view text_of(const TokenizedText& text, std::int64_t sequence, std::size_t begin,
                                       std::size_t end);

/// Tokens that stand for no part of the text that has a colour: special ones, and those without characters.
[[nodiscard]] std::vector<std::int64_t> tokens_apart(const TokenizedText& text);

}  // namespace pellucid::render
