#pragma once

#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <pellucid/model.hpp>

#include "apps/pellucid/text_options.hpp"

namespace pellucid::cli {

/// One text of a file.
struct FileText {
  std::int64_t line = 0;  ///< counted from 1
  TextInput input;
  std::optional<std::string> label;
};

/// Reads a file of texts line by line: plain lines, JSON Lines (.jsonl, .ndjson) or a table with a header (.tsv).
class TextFile {
 public:
  /// Throws Error{kBadInput} where the file can't be read, Error{kUsage} where it has no such column.
  explicit TextFile(const TextInputOptions& options);

  /// The next text; nothing at the end. Throws Error{kBadInput} naming the line where it holds no text: the next call
  /// goes on behind it.
  std::optional<FileText> next();

 private:
  enum class Kind { kLines, kJsonLines, kTable };

  void read_header();
  [[nodiscard]] std::size_t column_index(const std::string& name) const;
  [[nodiscard]] FileText from_table(const std::string& line) const;
  [[nodiscard]] FileText from_json(const std::string& line) const;
  bool read_line(std::string& line);

  TextInputOptions options_;
  Kind kind_ = Kind::kLines;
  std::ifstream in_;
  std::int64_t line_ = 0;
  std::vector<std::string> columns_;
};

}  // namespace pellucid::cli
