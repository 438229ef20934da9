// In place of tokenizer_crate.cpp where the build has no tokenizers.
#include "base/check.hpp"
#include "inputs/tokenizer_crate.hpp"

namespace pellucid {
namespace {

[[noreturn]] void refuse() {
  fail(ErrorCode::kUnsupported,
       "this build has no tokenizers (cargo 1.80 or newer was not found when it was built): give token ids with "
       "--inputs");
}

}  // namespace

struct TokenizerCrate::Handle {};

bool TokenizerCrate::available() { return false; }

TokenizerCrate TokenizerCrate::open(const std::string& /*json*/, const std::string& /*source*/) { refuse(); }

std::vector<TokenizerCrate::Row> TokenizerCrate::encode(const std::string& /*text*/,
                                                        const std::optional<std::string>& /*pair*/,
                                                        bool /*add_special_tokens*/,
                                                        const std::optional<Truncation>& /*truncation*/) const {
  refuse();
}

std::optional<std::int64_t> TokenizerCrate::id_of(const std::string& /*piece*/) const { refuse(); }
std::optional<std::string> TokenizerCrate::piece_of(std::int64_t /*id*/) const { refuse(); }
std::vector<std::int64_t> TokenizerCrate::special_ids() const { refuse(); }
std::optional<std::int64_t> TokenizerCrate::unknown_id() const { refuse(); }
std::int64_t TokenizerCrate::added_tokens(bool /*pair*/) const { refuse(); }
std::optional<Truncation> TokenizerCrate::own_truncation() const { refuse(); }
std::optional<TokenPadding> TokenizerCrate::own_padding() const { refuse(); }

}  // namespace pellucid
