#include "inputs/model_folder.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/ranges.h>

#include "base/check.hpp"
#include "inputs/json_file.hpp"

namespace pellucid {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// What a folder without model.onnx has instead, for the error message.
std::vector<std::string> other_models(const fs::path& folder) {
  std::vector<std::string> out;
  for (const fs::path& place : {folder, folder / "onnx"}) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(place, ignored)) {
      if (entry.path().extension() == ".onnx") out.push_back(entry.path().string());
    }
  }
  std::sort(out.begin(), out.end());
  constexpr std::size_t kMost = 8;
  out.resize(std::min(out.size(), kMost));
  return out;
}

fs::path find_model(const fs::path& argument) {
  if (is_file(argument)) return argument;
  std::error_code reason;
  const fs::file_status status = fs::status(argument, reason);
  PELLUCID_CHECK(!reason || reason == std::errc::no_such_file_or_directory, kBadInput, "cannot open the model '{}': {}",
                 argument.string(), reason.message());
  PELLUCID_CHECK(fs::exists(status), kBadInput, "there is no model '{}': name a folder or an .onnx file",
                 argument.string());
  PELLUCID_CHECK(fs::is_directory(status), kBadInput, "'{}' is neither a folder nor an .onnx file", argument.string());
  for (const fs::path& candidate : {argument / "model.onnx", argument / "onnx" / "model.onnx"}) {
    if (is_file(candidate)) return candidate;
  }
  const std::vector<std::string> others = other_models(argument);
  PELLUCID_CHECK(others.empty(), kBadInput,
                 "the folder '{}' has neither model.onnx nor onnx/model.onnx; name one of these files: {}",
                 argument.string(), fmt::join(others, ", "));
  fail(ErrorCode::kBadInput, "the folder '{}' has neither model.onnx nor onnx/model.onnx", argument.string());
}

/// Beside the model file; one folder up where that folder is called onnx.
std::vector<fs::path> companion_places(const fs::path& model_file) {
  const fs::path given = model_file.parent_path();
  std::vector<fs::path> places = {given.empty() ? fs::path(".") : given};
  const fs::path absolute = fs::absolute(model_file).lexically_normal().parent_path();
  if (absolute.filename() != "onnx") return places;
  places.push_back(given.filename() == "onnx" && given.has_parent_path() ? given.parent_path()
                                                                         : absolute.parent_path());
  return places;
}

std::optional<fs::path> find_in(const std::vector<fs::path>& places, const std::string& name) {
  for (const fs::path& place : places) {
    if (is_file(place / name)) return place / name;
  }
  return std::nullopt;
}

std::string label_text(const json& value, const fs::path& path) {
  if (value.is_number_integer()) return value.dump();
  PELLUCID_CHECK(value.is_string(), kBadInput, "'{}': id2label holds something else than texts", path.string());
  return value.get<std::string>();
}

std::vector<std::string> read_labels(const json& config, const fs::path& path) {
  const auto found = config.find("id2label");
  if (found == config.end() || found->is_null()) return {};
  PELLUCID_CHECK(found->is_object(), kBadInput, "'{}': id2label is not a JSON object", path.string());
  std::vector<std::optional<std::string>> labels(found->size());
  for (const auto& [key, value] : found->items()) {
    std::size_t index = 0;
    const char* const end = key.data() + key.size();
    const auto parsed = std::from_chars(key.data(), end, index);
    PELLUCID_CHECK(parsed.ec == std::errc() && parsed.ptr == end && index < labels.size() && !labels[index], kBadInput,
                   "'{}': the keys of id2label are not the numbers 0 to {}", path.string(), labels.size() - 1);
    labels[index] = label_text(value, path);
  }
  std::vector<std::string> out;
  for (const auto& label : labels) out.push_back(*label);
  return out;
}

std::string read_model_type(const json& config, const fs::path& path) {
  const auto found = config.find("model_type");
  if (found == config.end() || found->is_null()) return {};
  PELLUCID_CHECK(found->is_string(), kBadInput, "'{}': model_type is not a text", path.string());
  return found->get<std::string>();
}

}  // namespace

ModelFolder open_model_folder(const fs::path& model_argument) {
  ModelFolder out;
  out.model_file = find_model(model_argument);
  const std::vector<fs::path> places = companion_places(out.model_file);
  out.folder = is_folder(model_argument) ? model_argument : places.front();
  if (const auto path = find_in(places, "config.json")) {
    out.folder = path->parent_path();
    out.config = read_json_file(*path);
    out.id2label = read_labels(out.config, *path);
    out.model_type = read_model_type(out.config, *path);
  }
  out.preprocessor_config = find_in(places, "preprocessor_config.json");
  return out;
}

std::optional<fs::path> find_companion(const ModelFolder& model, const std::string& name) {
  return find_in(companion_places(model.model_file), name);
}

}  // namespace pellucid
