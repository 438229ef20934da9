#include "apps/pellucid/text_file.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"

namespace pellucid::cli {
namespace {

constexpr std::size_t kMostBytes = 16 << 20;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t begin = 0;
  for (std::size_t at = line.find('\t'); at != std::string::npos; at = line.find('\t', begin)) {
    cells.push_back(line.substr(begin, at - begin));
    begin = at + 1;
  }
  cells.push_back(line.substr(begin));
  return cells;
}

std::string text_of(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

TextFile::TextFile(const TextInputOptions& options) : options_(options), in_(options.file, std::ios::binary) {
  PELLUCID_CHECK(in_.is_open() && !std::filesystem::is_directory(options.file), kBadInput,
                 "cannot read the texts in '{}'", options.file);
  const std::string extension = std::filesystem::path(options.file).extension().string();
  if (extension == ".jsonl" || extension == ".ndjson") kind_ = Kind::kJsonLines;
  if (extension == ".tsv") kind_ = Kind::kTable;
  const bool columns = !options.column.empty() || !options.pair_column.empty() || !options.label_column.empty();
  PELLUCID_CHECK(kind_ != Kind::kLines || !columns, kUsage,
                 "'{}' is read as a text in each line and has no columns; name it .tsv or .jsonl", options.file);
  if (kind_ == Kind::kTable) read_header();
  if (kind_ == Kind::kJsonLines && options_.column.empty()) options_.column = "text";
}

bool TextFile::read_line(std::string& line) {
  if (!std::getline(in_, line)) return false;
  ++line_;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

void TextFile::read_header() {
  std::string line;
  PELLUCID_CHECK(read_line(line), kBadInput, "'{}' is empty: its first line names the columns", options_.file);
  columns_ = split(line);
  for (const char* usual : {"text", "sentence"})
    if (options_.column.empty() && std::find(columns_.begin(), columns_.end(), usual) != columns_.end())
      options_.column = usual;
  if (options_.column.empty() && columns_.size() == 1) options_.column = columns_.front();
  PELLUCID_CHECK(!options_.column.empty(), kUsage, "'{}' has the columns {}: say which holds the text with --column",
                 options_.file, fmt::join(columns_, ", "));
  for (const std::string& name : {options_.column, options_.pair_column, options_.label_column})
    if (!name.empty()) static_cast<void>(column_index(name));
}

std::size_t TextFile::column_index(const std::string& name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  PELLUCID_CHECK(found != columns_.end(), kUsage, "'{}' has no column '{}'; it has {}", options_.file, name,
                 fmt::join(columns_, ", "));
  return static_cast<std::size_t>(found - columns_.begin());
}

FileText TextFile::from_table(const std::string& line) const {
  const std::vector<std::string> cells = split(line);
  PELLUCID_CHECK(cells.size() == columns_.size(), kBadInput, "'{}', line {}: {} cells where the header names {}",
                 options_.file, line_, cells.size(), columns_.size());
  FileText text{line_, {cells[column_index(options_.column)], {}}, {}};
  if (!options_.pair_column.empty()) text.input.pair = cells[column_index(options_.pair_column)];
  if (!options_.label_column.empty()) text.label = cells[column_index(options_.label_column)];
  return text;
}

FileText TextFile::from_json(const std::string& line) const {
  const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  PELLUCID_CHECK(object.is_object(), kBadInput, "'{}', line {}: not a JSON object", options_.file, line_);
  const auto cell = [&](const std::string& name) -> const nlohmann::json& {
    const auto found = object.find(name);
    PELLUCID_CHECK(found != object.end() && !found->is_null(), kBadInput, "'{}', line {}: no \"{}\" in it",
                   options_.file, line_, name);
    return *found;
  };
  PELLUCID_CHECK(cell(options_.column).is_string(), kBadInput, "'{}', line {}: \"{}\" is no text", options_.file, line_,
                 options_.column);
  FileText text{line_, {text_of(cell(options_.column)), {}}, {}};
  if (!options_.pair_column.empty()) text.input.pair = text_of(cell(options_.pair_column));
  if (!options_.label_column.empty()) text.label = text_of(cell(options_.label_column));
  return text;
}

std::optional<FileText> TextFile::next() {
  std::string line;
  while (read_line(line)) {
    PELLUCID_CHECK(line.size() <= kMostBytes, kBadInput, "'{}', line {}: longer than {} MiB", options_.file, line_,
                   kMostBytes >> 20);
    if (kind_ == Kind::kTable) return from_table(line);
    if (kind_ == Kind::kLines) return FileText{line_, {line, {}}, {}};
    if (!line.empty()) return from_json(line);
  }
  return std::nullopt;
}

}  // namespace pellucid::cli
