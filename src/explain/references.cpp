#include "explain/references.hpp"

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "inputs/json_file.hpp"

namespace pellucid::explain {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  fail(ErrorCode::kBadInput, "'{}' is no file of references: {}; `pellucid references` makes one", path.string(), why);
}

std::int64_t class_of(const std::string& key, const std::filesystem::path& path) {
  std::int64_t index = -1;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error != std::errc() || end != key.data() + key.size() || index < 0)
    refuse(path, fmt::format("'{}' is not a class's number", key));
  return index;
}

Reference read_one(const json& entry, const std::filesystem::path& path) {
  const auto is_text = [&entry](const char* name) { return entry.contains(name) && entry[name].is_string(); };
  if (!entry.is_object() || !is_text("text")) refuse(path, "not every reference has a \"text\"");
  Reference reference;
  reference.input.text = entry["text"].get<std::string>();
  if (is_text("pair")) reference.input.pair = entry["pair"].get<std::string>();
  return reference;
}

}  // namespace

References read_references(const std::filesystem::path& path) {
  const json content = read_json_file(path);
  const auto lists = content.find("references");
  if (lists == content.end() || !lists->is_object()) refuse(path, "it has no \"references\"");
  References references;
  for (const auto& [key, list] : lists->items()) {
    if (!list.is_array()) refuse(path, fmt::format("the references of class {} are no list", key));
    std::vector<Reference>& of_class = references[class_of(key, path)];
    for (const json& entry : list) of_class.push_back(read_one(entry, path));
  }
  return references;
}

std::string references_json(const References& references, const std::string& note) {
  nlohmann::ordered_json lists = nlohmann::ordered_json::object();
  for (const auto& [index, list] : references) {
    nlohmann::ordered_json entries = nlohmann::ordered_json::array();
    for (const Reference& reference : list) {
      nlohmann::ordered_json entry{{"line", reference.line}, {"text", reference.input.text}};
      if (reference.input.pair) entry["pair"] = *reference.input.pair;
      entry["confidence"] = reference.confidence;
      entries.push_back(entry);
    }
    lists[std::to_string(index)] = entries;
  }
  return nlohmann::ordered_json{{"note", note}, {"references", lists}}.dump(1) + "\n";
}

void ReferenceSearch::add(const TextInput& input, std::int64_t line, std::int64_t tokens, std::int64_t label,
                          const std::vector<double>& probabilities) {
  PELLUCID_ASSERT(probabilities.size() == 2 && (label == 0 || label == 1));
  const std::int64_t answer = probabilities[1] > probabilities[0] ? 1 : 0, other = 1 - label;
  if (full() || tokens < kFewestTokens || answer != label) return;
  found_[other].push_back({input, probabilities[static_cast<std::size_t>(other)], line});
}

std::int64_t ReferenceSearch::longest() const {
  std::int64_t most = 0;
  for (const auto& [index, list] : found_) most = std::max<std::int64_t>(most, std::ssize(list));
  return most;
}

References ReferenceSearch::result() const {
  References sorted = found_;
  for (auto& [index, list] : sorted)
    std::stable_sort(list.begin(), list.end(),
                     [](const Reference& a, const Reference& b) { return a.confidence < b.confidence; });
  return sorted;
}

}  // namespace pellucid::explain
