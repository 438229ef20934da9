#include "inputs/special_tokens.hpp"

#include <map>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "inputs/json_file.hpp"
#include "inputs/vocabulary.hpp"

namespace pellucid {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMostTokenizerBytes = 512 << 20;

struct Known {
  Vocabulary added;                ///< of added_tokens, by content
  std::set<std::int64_t> special;  ///< of these, the special ones
  Vocabulary vocabulary;           ///< of the names asked for, those that the vocabulary itself holds
};

/// A vocabulary holds up to 250 000 pieces, of which hardly one is wanted: nothing of it is kept while parsing.
bool keep_but_vocabulary(int depth, json::parse_event_t event, json& value) {
  return depth != 2 || event != json::parse_event_t::key || (value != "vocab" && value != "merges");
}

void add_token(Known& known, const json& entry, const fs::path& path) {
  const bool good = entry.is_object() && entry.contains("id") && entry["id"].is_number_integer() &&
                    entry.contains("content") && entry["content"].is_string() &&
                    (!entry.contains("special") || entry["special"].is_boolean());
  PELLUCID_CHECK(good, kBadInput, "'{}': added_tokens holds something else than tokens with id and content",
                 path.string());
  const std::int64_t id = entry["id"];
  known.added[entry["content"]] = id;
  if (entry.value("special", false)) known.special.insert(id);
}

void add_added_tokens(Known& known, const json& tokenizer, const fs::path& path) {
  const auto found = tokenizer.find("added_tokens");
  if (found == tokenizer.end() || found->is_null()) return;
  PELLUCID_CHECK(found->is_array(), kBadInput, "'{}': added_tokens is not a list", path.string());
  for (const json& entry : *found) add_token(known, entry, path);
}

/// model.vocab of tokenizer.json: an object {piece: id}, or a list of [piece, score].
void read_model_vocabulary(Known& known, const fs::path& path) {
  const json tokenizer = read_json_file(path, kMostTokenizerBytes);
  const json vocabulary = tokenizer.value("/model/vocab"_json_pointer, json());
  if (vocabulary.is_object()) {
    for (const auto& [piece, id] : vocabulary.items()) {
      if (id.is_number_integer()) known.vocabulary[piece] = id;
    }
  } else if (vocabulary.is_array()) {
    for (std::size_t id = 0; id < vocabulary.size(); ++id) {
      const json& entry = vocabulary[id];
      if (entry.is_array() && !entry.empty() && entry[0].is_string()) {
        known.vocabulary[entry[0]] = static_cast<std::int64_t>(id);
      }
    }
  }
}

/// A number, or a list of numbers; negative ones stand for none.
std::vector<std::int64_t> config_ids(const ModelFolder& model, const std::string& key) {
  if (!model.config.is_object()) return {};
  const auto found = model.config.find(key);
  if (found == model.config.end() || found->is_null()) return {};
  std::vector<std::int64_t> out;
  for (const json& value : found->is_array() ? *found : json::array({*found})) {
    PELLUCID_CHECK(value.is_number_integer(), kBadInput, "'{}': {} is no token id",
                   (model.folder / "config.json").string(), key);
    if (value >= 0) out.push_back(value);
  }
  return out;
}

std::optional<std::int64_t> find_id(const Vocabulary& vocabulary, const std::string& piece) {
  const auto found = vocabulary.find(piece);
  if (found == vocabulary.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int64_t> id_of_name(const Known& known, const std::string& name) {
  const auto added = find_id(known.added, name);
  return added ? added : find_id(known.vocabulary, name);
}

Known read_known(const ModelFolder& model, const std::map<std::string, std::string>& names) {
  Known known;
  if (const auto tokenizer = find_companion(model, "tokenizer.json")) {
    add_added_tokens(known, read_json_file(*tokenizer, kMostTokenizerBytes, keep_but_vocabulary), *tokenizer);
    for (const auto& [key, name] : names) {
      if (known.added.count(name) != 0) continue;
      read_model_vocabulary(known, *tokenizer);
      break;
    }
  } else if (const auto vocabulary = find_companion(model, "vocab.txt")) {
    known.vocabulary = read_vocabulary(*vocabulary);
  }
  return known;
}

std::set<std::int64_t> ids_without_tokenizer(const ModelFolder& model, const Known& known,
                                             const std::map<std::string, std::string>& names) {
  std::set<std::int64_t> out;
  for (const char* key : {"bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id"}) {
    for (const std::int64_t id : config_ids(model, key)) out.insert(id);
  }
  for (const auto& [key, name] : names) {
    if (const auto id = id_of_name(known, name)) out.insert(*id);
  }
  return out;
}

}  // namespace

SpecialTokens read_special_tokens(const ModelFolder& model) {
  const auto names = special_names(model);
  const Known known = read_known(model, names);
  SpecialTokens out;
  const std::vector<std::int64_t> pad = config_ids(model, "pad_token_id");
  if (!pad.empty()) out.pad = pad.front();
  out.ids = known.special;
  if (!find_companion(model, "tokenizer.json")) {
    out.ids = ids_without_tokenizer(model, known, names);
    out.ids.insert(out.pad);
  }
  const auto named = [&](const char* key) -> std::optional<std::int64_t> {
    const auto found = names.find(key);
    return found == names.end() ? std::nullopt : id_of_name(known, found->second);
  };
  out.mask = named("mask");
  out.cls = named("cls");
  out.sep = named("sep");
  out.unknown = named("unk");
  return out;
}

}  // namespace pellucid
