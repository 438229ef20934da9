#include "inputs/vocabulary.hpp"

#include <algorithm>
#include <optional>

#include "base/read_file.hpp"
#include "inputs/json_file.hpp"

namespace pellucid {
namespace {

using nlohmann::json;

/// "mask_token" of a file is a text, or an object with its content.
std::optional<std::string> named_token(const json& file, const std::string& key) {
  const auto found = file.find(key);
  if (found == file.end()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && found->at("content").is_string()) {
    return found->at("content").get<std::string>();
  }
  return std::nullopt;
}

}  // namespace

Vocabulary read_vocabulary(const std::filesystem::path& path) {
  constexpr std::uint64_t kMostBytes = 512 << 20;
  const std::string text = read_text_file(path, kMostBytes);
  Vocabulary out;
  std::int64_t id = 0;
  for (std::size_t at = 0; at < text.size(); ++id) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string piece = text.substr(at, end - at);
    if (!piece.empty() && piece.back() == '\r') piece.pop_back();
    out[piece] = id;
    at = end + 1;
  }
  return out;
}

std::map<std::string, std::string> special_names(const ModelFolder& model) {
  std::map<std::string, std::string> out;
  for (const char* file : {"special_tokens_map.json", "tokenizer_config.json"}) {
    const auto path = find_companion(model, file);
    if (!path) continue;
    const json content = read_json_file(*path);
    for (const char* key : {"bos", "cls", "eos", "mask", "pad", "sep", "unk"}) {
      if (const auto name = named_token(content, key + std::string("_token"))) out.try_emplace(key, *name);
    }
  }
  return out;
}

}  // namespace pellucid
