#include "inputs/tokenizer_crate.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "inputs/tokenizers/pellucid_tokenizers.h"

namespace pellucid {

struct TokenizerCrate::Handle {
  ptk_tokenizer* tokenizer;

  explicit Handle(ptk_tokenizer* opened) : tokenizer(opened) {}
  ~Handle() { ptk_close(tokenizer); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
};

namespace {

/// A text that the crate gave away.
class CrateText {
 public:
  CrateText() = default;
  explicit CrateText(ptk_text text) : text_(text) {}
  ~CrateText() { ptk_text_free(text_); }
  CrateText(const CrateText&) = delete;
  CrateText& operator=(const CrateText&) = delete;

  [[nodiscard]] ptk_text* out() { return &text_; }
  [[nodiscard]] bool empty() const { return text_.data == nullptr; }
  [[nodiscard]] std::string str() const { return empty() ? "" : std::string(text_.data, text_.size); }
  [[nodiscard]] std::string line() const {
    std::string words = str();
    std::replace(words.begin(), words.end(), '\n', ' ');
    return words;
  }

 private:
  ptk_text text_{nullptr, 0};
};

ptk_truncation to_c(const std::optional<Truncation>& truncation) {
  if (!truncation) return {};
  ptk_truncation out{};
  out.on = true;
  out.left = truncation->left;
  out.strategy = static_cast<std::uint32_t>(truncation->strategy);
  out.max_length = static_cast<std::size_t>(std::max<std::int64_t>(truncation->max_length, 0));
  out.stride = static_cast<std::size_t>(std::max<std::int64_t>(truncation->stride, 0));
  return out;
}

TextToken from_c(const ptk_token& token) {
  TextToken out;
  out.id = token.id;
  out.piece.assign(token.piece, token.piece_size);
  out.special = token.special;
  out.sequence = token.sequence;
  out.word = token.word;
  out.type = token.type_id;
  out.span = {token.first_byte, token.last_byte, token.first_char, token.last_char};
  return out;
}

using Encoding = std::unique_ptr<ptk_encoding, decltype(&ptk_encoding_free)>;

/// A length from a file: sizes beyond what fits are as good as none.
std::int64_t size_from_c(std::size_t size) {
  constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(size, kMost));
}

}  // namespace

static_assert(static_cast<int>(Truncation::Strategy::kLongestFirst) == PTK_LONGEST_FIRST);
static_assert(static_cast<int>(Truncation::Strategy::kOnlyFirst) == PTK_ONLY_FIRST);
static_assert(static_cast<int>(Truncation::Strategy::kOnlySecond) == PTK_ONLY_SECOND);

bool TokenizerCrate::available() { return true; }

TokenizerCrate TokenizerCrate::open(const std::string& json, const std::string& source) {
  CrateText error;
  ptk_tokenizer* const opened = ptk_open(reinterpret_cast<const std::uint8_t*>(json.data()), json.size(), error.out());
  PELLUCID_CHECK(opened != nullptr, kBadInput, "'{}' is no tokenizer: {}", source, error.line());
  return {std::make_shared<const Handle>(opened), source};
}

std::vector<TokenizerCrate::Row> TokenizerCrate::encode(const std::string& text, const std::optional<std::string>& pair,
                                                        bool add_special_tokens,
                                                        const std::optional<Truncation>& truncation) const {
  const ptk_truncation cut = to_c(truncation);
  CrateText error;
  const Encoding encoding(ptk_encode(handle_->tokenizer, text.data(), text.size(), pair ? pair->data() : nullptr,
                                     pair ? pair->size() : 0, add_special_tokens, &cut, error.out()),
                          &ptk_encoding_free);
  PELLUCID_CHECK(encoding != nullptr, kBadInput, "{} (tokenizer '{}')", error.line(), source_);
  std::vector<Row> rows(ptk_encoding_rows(encoding.get()));
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const ptk_row row = ptk_encoding_row(encoding.get(), index);
    rows[index].reserve(row.size);
    for (std::size_t token = 0; token < row.size; ++token) rows[index].push_back(from_c(row.tokens[token]));
  }
  return rows;
}

std::optional<std::int64_t> TokenizerCrate::id_of(const std::string& piece) const {
  const std::int64_t id = ptk_id_of(handle_->tokenizer, piece.data(), piece.size());
  return id < 0 ? std::nullopt : std::optional(id);
}

std::optional<std::string> TokenizerCrate::piece_of(std::int64_t id) const {
  if (id < 0 || id > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  const CrateText piece(ptk_piece_of(handle_->tokenizer, static_cast<std::uint32_t>(id)));
  return piece.empty() ? std::nullopt : std::optional(piece.str());
}

std::vector<std::int64_t> TokenizerCrate::special_ids() const {
  std::vector<std::uint32_t> ids(ptk_special_ids(handle_->tokenizer, nullptr, 0));
  (void)ptk_special_ids(handle_->tokenizer, ids.data(), ids.size());
  return {ids.begin(), ids.end()};
}

std::optional<std::int64_t> TokenizerCrate::unknown_id() const {
  const std::int64_t id = ptk_unknown_id(handle_->tokenizer);
  return id < 0 ? std::nullopt : std::optional(id);
}

std::int64_t TokenizerCrate::added_tokens(bool pair) const {
  return size_from_c(ptk_added_tokens(handle_->tokenizer, pair));
}

std::optional<Truncation> TokenizerCrate::own_truncation() const {
  const ptk_truncation own = ptk_own_truncation(handle_->tokenizer);
  if (!own.on) return std::nullopt;
  return Truncation{.max_length = size_from_c(own.max_length),
                    .stride = size_from_c(own.stride),
                    .strategy = static_cast<Truncation::Strategy>(own.strategy),
                    .left = own.left};
}

std::optional<TokenPadding> TokenizerCrate::own_padding() const {
  const ptk_padding own = ptk_own_padding(handle_->tokenizer);
  if (!own.on) return std::nullopt;
  return TokenPadding{.id = own.id,
                      .type = own.type_id,
                      .length = size_from_c(own.length),
                      .multiple = size_from_c(own.multiple),
                      .left = own.left};
}

}  // namespace pellucid
