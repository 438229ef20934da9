#include <string>

#include "inputs/tokenizer_crate.hpp"
#include "targets.hpp"

namespace pellucid::fuzz {

void tokenizer(Bytes bytes) {
  const std::string json(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const TokenizerCrate crate = TokenizerCrate::open(json, "tokenizer.json");
  static_cast<void>(crate.own_padding());
  static_cast<void>(crate.special_ids());
  static_cast<void>(crate.piece_of(crate.unknown_id().value_or(0)));
  const std::string text = "The cat's naïve \u00e9\u4e2d\u6587 [MASK] unaffable \U0001f600\tend.";
  static_cast<void>(crate.encode(text, std::nullopt));
  const Truncation cut{.max_length = crate.added_tokens(true) + 5, .stride = 1};
  static_cast<void>(crate.encode(text, "a second one", true, cut));
}

}  // namespace pellucid::fuzz
