#include "inputs/bert_vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.hpp"
#include "inputs/vocabulary.hpp"

namespace pellucid {
namespace {

using nlohmann::json;

/// Models whose slow tokenizer is BERT's.
constexpr std::array kKinds = {"bert",     "convbert", "distilbert", "dpr",        "electra",
                               "layoutlm", "lxmert",   "mobilebert", "squeezebert"};

/// "DistilBertTokenizerFast" → "distilbert"; without a class in tokenizer_config.json, the model's own type.
std::string kind_of(const ModelFolder& model, const json& config) {
  const auto found = config.is_object() ? config.find("tokenizer_class") : config.end();
  if (!config.is_object() || found == config.end() || !found->is_string()) return model.model_type;
  std::string name = found->get<std::string>();
  name = name.substr(0, name.find("Tokenizer"));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return name;
}

void check_kind(const ModelFolder& model, const json& config, const std::string& vocabulary) {
  const std::string kind = kind_of(model, config);
  const bool known = kind.empty() || std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
  PELLUCID_CHECK(known, kUnsupported,
                 "'{}' belongs to a tokenizer of kind '{}', which is read from a tokenizer.json only: export the model "
                 "with one",
                 vocabulary, kind);
  const bool basic = !config.is_object() || config.value("do_basic_tokenize", json(true)) == json(true);
  PELLUCID_CHECK(basic, kUnsupported,
                 "'{}': a tokenizer_config.json with do_basic_tokenize off is read with a tokenizer.json only",
                 vocabulary);
}

/// A setting of tokenizer_config.json that is true, false or (where `otherwise` is) null.
json setting(const json& config, const char* key, const json& otherwise) {
  if (!config.is_object() || !config.contains(key)) return otherwise;
  const json& value = config[key];
  PELLUCID_CHECK(value.is_boolean() || value.is_null(), kBadInput,
                 "tokenizer_config.json: {} is neither true nor false", key);
  return value.is_null() ? otherwise : value;
}

std::int64_t id_of(const Vocabulary& pieces, const std::string& name, const std::string& vocabulary) {
  const auto found = pieces.find(name);
  PELLUCID_CHECK(found != pieces.end(), kBadInput, "'{}' has no piece '{}', which a BERT tokenizer needs", vocabulary,
                 name);
  return found->second;
}

json added_token(const std::string& name, std::int64_t id) {
  return {{"id", id},        {"content", name},     {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

}  // namespace

std::string bert_tokenizer_json(const ModelFolder& model, const std::filesystem::path& vocabulary, const json& config) {
  const std::string path = vocabulary.string();
  check_kind(model, config, path);
  const Vocabulary pieces = read_vocabulary(vocabulary);
  std::map<std::string, std::string> names = special_names(model);
  names.merge(std::map<std::string, std::string>{
      {"cls", "[CLS]"}, {"mask", "[MASK]"}, {"pad", "[PAD]"}, {"sep", "[SEP]"}, {"unk", "[UNK]"}});
  for (const char* needed : {"cls", "sep", "unk"}) (void)id_of(pieces, names[needed], path);
  json added = json::array();
  for (const auto& [role, name] : names) {
    const auto found = pieces.find(name);
    if (found != pieces.end()) added.push_back(added_token(name, found->second));
  }
  const json out = {{"version", "1.0"},
                    {"added_tokens", added},
                    {"normalizer",
                     {{"type", "BertNormalizer"},
                      {"clean_text", true},
                      {"handle_chinese_chars", setting(config, "tokenize_chinese_chars", true)},
                      {"strip_accents", setting(config, "strip_accents", nullptr)},
                      {"lowercase", setting(config, "do_lower_case", true)}}},
                    {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                    {"post_processor",
                     {{"type", "BertProcessing"},
                      {"sep", json::array({names["sep"], id_of(pieces, names["sep"], path)})},
                      {"cls", json::array({names["cls"], id_of(pieces, names["cls"], path)})}}},
                    {"model",
                     {{"type", "WordPiece"},
                      {"unk_token", names["unk"]},
                      {"continuing_subword_prefix", "##"},
                      {"max_input_chars_per_word", 100},
                      {"vocab", pieces}}}};
  return out.dump();
}

}  // namespace pellucid
