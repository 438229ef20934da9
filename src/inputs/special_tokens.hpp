#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "inputs/model_folder.hpp"

namespace pellucid {

/// What the files of a model say about token ids; read without a tokenizer.
struct SpecialTokens {
  std::set<std::int64_t>
      ids;               ///< that stand for no text of their own; the padding and the unknown token may be among them
  std::int64_t pad = 0;  ///< pad_token_id of config.json; 0 where it says none
  std::optional<std::int64_t> mask, cls, sep, unknown;
};

/// `ids`: what the added_tokens of tokenizer.json mark as special. Without that file the padding token, the bos_, eos_,
/// cls_ and sep_token_id of config.json and the tokens that special_tokens_map.json and tokenizer_config.json name,
/// where vocab.txt holds them. `mask` and its like are looked up by the names in these two files, the former's first.
/// Throws Error{kBadInput} where a file is damaged.
[[nodiscard]] SpecialTokens read_special_tokens(const ModelFolder& model);

}  // namespace pellucid
