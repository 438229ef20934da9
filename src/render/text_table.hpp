#pragma once

#include <cstdint>
#include <string>

#include <pellucid/explanation.hpp>

namespace pellucid {

/// Explanations of many texts as a table, written piece by piece: one row per text and target.
///
/// As JSON Lines a row is {"number", "text", "pair", "cut", "predicted", "probability", "target", "spec", "value",
/// "words": [[word, score], …]}. As TSV it has the columns of `header`; a word and its score are joined by ":", words
/// are separated by blanks; \t, \n, \r, \\ and, in words, \s stand for tab, line feed, carriage return, backslash and
/// blank. What is predicted is empty, or null, for models that don't give one row of class scores per text.
class TextTable {
 public:
  enum class Format { kJsonLines, kTsv };

  explicit TextTable(Format format) : format_(format) {}

  /// The line above all rows; empty for JSON Lines.
  [[nodiscard]] std::string header() const;
  /// The rows of an explanation whose first text has the number `first_number`. Throws Error{kUsage} where it is not of
  /// texts, Error{kUnsupported} where tokens have no single score.
  [[nodiscard]] std::string rows(const Explanation& explanation, std::int64_t first_number) const;

 private:
  Format format_;
};

}  // namespace pellucid
