#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "inputs/model_folder.hpp"

namespace pellucid {

/// Ids by piece.
using Vocabulary = std::map<std::string, std::int64_t>;

/// vocab.txt: a piece on each line; of equal ones the last counts. Throws Error{kBadInput} where it can't be read.
[[nodiscard]] Vocabulary read_vocabulary(const std::filesystem::path& path);

/// The special tokens by their roles ("bos", "cls", "eos", "mask", "pad", "sep", "unk"), as special_tokens_map.json
/// names them, else tokenizer_config.json.
[[nodiscard]] std::map<std::string, std::string> special_names(const ModelFolder& model);

}  // namespace pellucid
