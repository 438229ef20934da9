#include "inputs/hints_file.hpp"

#include "base/check.hpp"
#include "inputs/json_file.hpp"

namespace pellucid {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kHintsFile = "pellucid.json";

std::string read_name(const json& value, const std::string& key, const fs::path& file) {
  PELLUCID_CHECK(value.is_string() && !value.get_ref<const std::string&>().empty(), kBadInput,
                 "{}: anatomy.{} must be a name", file.string(), key);
  return value.get<std::string>();
}

std::vector<std::string> read_names(const json& value, const std::string& key, const fs::path& file) {
  PELLUCID_CHECK(value.is_array() && !value.empty(), kBadInput, "{}: anatomy.{} must be a list of names", file.string(),
                 key);
  std::vector<std::string> names;
  for (const json& name : value) names.push_back(read_name(name, key, file));
  return names;
}

}  // namespace

AnatomyHints with_file(const ModelFolder& model, AnatomyHints hints) {
  const std::optional<fs::path> file = find_companion(model, kHintsFile);
  if (!file) return hints;
  const json config = read_json_file(*file);
  for (const auto& [key, value] : config.items())
    PELLUCID_CHECK(key == "anatomy", kBadInput, "{}: unknown key '{}'; known: anatomy", file->string(), key);
  const auto anatomy = config.find("anatomy");
  if (anatomy == config.end()) return hints;
  PELLUCID_CHECK(anatomy->is_object(), kBadInput, "{}: anatomy must be an object", file->string());
  for (const auto& [key, value] : anatomy->items()) {
    if (key == "tokens") {
      if (hints.tokens.empty()) hints.tokens = read_name(value, key, *file);
    } else if (key == "head") {
      if (hints.head.empty()) hints.head = read_name(value, key, *file);
    } else if (key == "attention") {
      if (hints.attention.empty()) hints.attention = read_names(value, key, *file);
    } else if (key == "blocks") {
      if (hints.blocks.empty()) hints.blocks = read_names(value, key, *file);
    } else {
      fail(ErrorCode::kBadInput, "{}: unknown key 'anatomy.{}'; known: tokens, attention, blocks, head", file->string(),
           key);
    }
  }
  return hints;
}

}  // namespace pellucid
