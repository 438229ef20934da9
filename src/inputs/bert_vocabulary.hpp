#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "inputs/model_folder.hpp"

namespace pellucid {

/// The tokenizer.json that a BERT model with only a vocab.txt would have, written as JSON. `config` is its
/// tokenizer_config.json (null where there is none): do_lower_case, strip_accents, tokenize_chinese_chars and the names
/// of special tokens, which special_tokens_map.json names as well. Throws Error{kUnsupported} for a tokenizer of
/// another kind, Error{kBadInput} where the vocabulary lacks a special token.
[[nodiscard]] std::string bert_tokenizer_json(const ModelFolder& model, const std::filesystem::path& vocabulary,
                                              const nlohmann::json& config);

}  // namespace pellucid
