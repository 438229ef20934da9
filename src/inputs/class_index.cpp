#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>

#include "base/check.hpp"
#include "inputs/model_folder.hpp"

namespace pellucid {
namespace {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The parts between commas, in lower case.
std::vector<std::string> synonyms(const std::string& label) {
  std::vector<std::string> out;
  std::string_view rest = label;
  while (true) {
    const std::size_t comma = rest.find(',');
    out.push_back(lower_case(std::string(trimmed(rest.substr(0, comma)))));
    if (comma == std::string_view::npos) return out;
    rest.remove_prefix(comma + 1);
  }
}

/// Levenshtein's distance: the fewest insertions, deletions and replacements of bytes.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

/// How far a wanted (lower-case) label is from a class; a label that contains it counts as one edit.
std::size_t distance(const std::string& wanted, const std::string& label) {
  std::size_t best = edit_distance(wanted, lower_case(label));
  for (const std::string& synonym : synonyms(label)) {
    const bool contains = !wanted.empty() && synonym.find(wanted) != std::string::npos;
    best = std::min(best, contains ? 1 : edit_distance(wanted, synonym));
  }
  return best;
}

std::string described(const ModelFolder& model, std::size_t index) {
  return fmt::format("{} ({})", index, model.id2label[index]);
}

std::string closest(const ModelFolder& model, const std::string& label) {
  constexpr std::size_t kLongest = 200, kSuggestions = 3;  // a longer text is no typing error
  const std::string wanted = lower_case(label.substr(0, kLongest));
  std::vector<std::pair<std::size_t, std::size_t>> ranked;  // distance, class
  for (std::size_t i = 0; i < model.id2label.size(); ++i) ranked.emplace_back(distance(wanted, model.id2label[i]), i);
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(ranked.size(), kSuggestions));
  std::vector<std::string> names;
  for (const auto& [edits, index] : ranked) names.push_back(described(model, index));
  return fmt::format("{}", fmt::join(names, "; "));
}

/// The one class for which `matches(label)` holds, -1 where there is none.
template <class Matches>
std::int64_t single_match(const ModelFolder& model, const std::string& label, const Matches& matches) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < model.id2label.size(); ++i) {
    if (matches(model.id2label[i])) found.push_back(i);
  }
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const std::size_t index : found) names.push_back(described(model, index));
    fail(ErrorCode::kUsage, "the class '{}' is ambiguous: give the number of one of {}", label, fmt::join(names, "; "));
  }
  return found.empty() ? -1 : static_cast<std::int64_t>(found.front());
}

}  // namespace

std::int64_t class_index(const ModelFolder& model, const std::string& label) {
  const std::vector<std::string>& labels = model.id2label;
  std::int64_t number = 0;
  const char* const end = label.data() + label.size();
  const auto parsed = std::from_chars(label.data(), end, number);
  if (parsed.ptr == end && parsed.ec != std::errc::invalid_argument) {
    PELLUCID_CHECK(parsed.ec == std::errc() && number >= 0, kUsage, "there is no class {}: class numbers start at 0",
                   label);
    return number;
  }
  PELLUCID_CHECK(!labels.empty(), kUsage, "the model names no classes in a config.json: give a number instead of '{}'",
                 label);
  const std::string wanted = lower_case(label);
  std::int64_t index = single_match(model, label, [&](const std::string& known) { return known == label; });
  if (index < 0) {
    index = single_match(model, label, [&](const std::string& known) { return lower_case(known) == wanted; });
  }
  if (index < 0) {
    index = single_match(model, label, [&](const std::string& known) {
      const auto parts = synonyms(known);
      return std::find(parts.begin(), parts.end(), wanted) != parts.end();
    });
  }
  PELLUCID_CHECK(index >= 0, kUsage, "the model has no class '{}'; the closest are {}", label, closest(model, label));
  return index;
}

}  // namespace pellucid
