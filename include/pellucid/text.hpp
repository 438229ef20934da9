#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pellucid {

/// A part of a text, counted in UTF-8 bytes and in code points; `end` and `last` are one past it.
struct TextSpan {
  std::size_t begin = 0, end = 0;
  std::size_t first_char = 0, last_char = 0;

  [[nodiscard]] bool empty() const { return begin == end; }
};

/// One token that the model was fed.
struct TextToken {
  std::int64_t id = 0;
  std::string piece;           ///< as the vocabulary writes it: "##ing", "Ġthe"
  bool special = false;        ///< [CLS], [SEP], </s>, …: its score is listed apart
  std::int64_t sequence = -1;  ///< 0: of the text, 1: of its pair, -1: put there by the tokenizer
  std::int64_t word = -1;      ///< index into TokenizedText::words; -1: of none
  std::int64_t type = 0;       ///< token type id
  TextSpan span;               ///< of the text or of its pair; empty where the token stands for none of it
};

/// Tokens that stand for one word: its score is the sum of theirs.
struct TextWord {
  std::int64_t sequence = 0;  ///< 0: of the text, 1: of its pair
  TextSpan span;
  std::vector<std::int64_t> tokens;  ///< indices, ascending
};

/// A text, or a pair of texts, and the tokens that the model was fed for it, without padding.
struct TokenizedText {
  std::string text;                 ///< valid UTF-8
  std::optional<std::string> pair;  ///< the second text
  std::vector<TextToken> tokens;
  std::vector<TextWord> words;  ///< in the order of their first tokens
  std::int64_t cut = 0;         ///< tokens that truncation left out: the text behind the last token has no score
};

}  // namespace pellucid
