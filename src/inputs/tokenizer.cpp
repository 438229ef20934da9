#include "inputs/tokenizer.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/read_file.hpp"
#include "inputs/bert_vocabulary.hpp"
#include "inputs/json_file.hpp"

namespace pellucid {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMostBytes = 512 << 20;

json read_tokenizer_config(const ModelFolder& model) {
  const auto path = find_companion(model, "tokenizer_config.json");
  return path ? read_json_file(*path) : json();
}

/// model_max_length stands at 1e30 where nobody knew: what is longer than any model takes is no limit.
std::optional<Truncation> configured_truncation(const json& config) {
  constexpr double kMostTokens = 1 << 24;
  if (!config.is_object()) return std::nullopt;
  const json length = config.value("model_max_length", json());
  if (!length.is_number() || length < 1 || length > kMostTokens) return std::nullopt;
  return Truncation{.max_length = length.get<std::int64_t>(),
                    .left = config.value("truncation_side", json()) == json("left")};
}

TokenizerCrate open_crate(const ModelFolder& model, const json& config) {
  if (const auto path = find_companion(model, "tokenizer.json")) {
    return TokenizerCrate::open(read_text_file(*path, kMostBytes), path->string());
  }
  const auto vocabulary = find_companion(model, "vocab.txt");
  PELLUCID_CHECK(vocabulary, kBadInput,
                 "'{}' has neither a tokenizer.json nor a vocab.txt, one of which a text needs: give token ids with "
                 "--inputs",
                 model.folder.string());
  return TokenizerCrate::open(bert_tokenizer_json(model, *vocabulary, config), vocabulary->string());
}

std::int64_t size_of(const TokenizerCrate::Row& row) { return static_cast<std::int64_t>(row.size()); }

}  // namespace

bool Tokenizer::available() { return TokenizerCrate::available(); }

Tokenizer::Tokenizer(TokenizerCrate crate, std::optional<Truncation> truncation)
    : crate_(std::move(crate)), truncation_(truncation), unknown_(crate_.unknown_id()) {
  const std::vector<std::int64_t> special = crate_.special_ids();
  special_.insert(special.begin(), special.end());
}

Tokenizer Tokenizer::open(const ModelFolder& model) {
  const json config = read_tokenizer_config(model);
  TokenizerCrate crate = open_crate(model, config);
  std::optional<Truncation> truncation = crate.own_truncation();
  if (!truncation) truncation = configured_truncation(config);
  return {std::move(crate), truncation};
}

/// An unknown word has the id of a special token too; only a text that says "[UNK]" itself means that token.
bool Tokenizer::is_spelt_out(const TextToken& token, const std::string& text) const {
  if (special_.count(token.id) == 0) return false;
  if (unknown_ != token.id) return true;
  return text.compare(token.span.begin, token.span.end - token.span.begin, token.piece) == 0;
}

TokenizedText Tokenizer::finish(TokenizerCrate::Row row, const std::string& text,
                                const std::optional<std::string>& pair, WordKind words) const {
  TokenizedText out;
  out.text = text;
  out.pair = pair;
  out.tokens = std::move(row);
  for (TextToken& token : out.tokens) {
    const std::string& of = token.sequence == 1 && pair ? *pair : text;
    token.special = token.special || is_spelt_out(token, of);
  }
  find_words(out, words);
  return out;
}

void Tokenizer::check_room(std::int64_t length, bool pair) const {
  const std::int64_t added = crate_.added_tokens(pair);
  PELLUCID_CHECK(length > added, kUsage,
                 "{} tokens have no room for a text: {} of them are special tokens; allow more tokens", length, added);
}

TokenizedText Tokenizer::encode(const std::string& text, const std::optional<std::string>& pair,
                                const EncodeOptions& options) const {
  PELLUCID_CHECK(options.max_length >= 0, kUsage, "a text of at most {} tokens is none", options.max_length);
  TokenizerCrate::Row whole = crate_.encode(text, pair).front();
  Truncation cut = truncation_.value_or(Truncation{});
  if (options.max_length > 0) cut.max_length = options.max_length;
  if (cut.max_length == 0 || size_of(whole) <= cut.max_length)
    return finish(std::move(whole), text, pair, options.words);
  check_room(cut.max_length, pair.has_value());
  cut.stride = 0;  // of the overflow, which isn't wanted
  if (!pair) cut.strategy = Truncation::Strategy::kOnlyFirst;
  TokenizerCrate::Row kept = crate_.encode(text, pair, true, cut).front();
  const std::int64_t left_out = size_of(whole) - size_of(kept);
  TokenizedText out = finish(std::move(kept), text, pair, options.words);
  out.cut = left_out;
  return out;
}

std::vector<TokenizedText> Tokenizer::windows(const std::string& text, const std::optional<std::string>& pair,
                                              const EncodeOptions& options, std::int64_t length,
                                              std::int64_t stride) const {
  check_room(length, pair.has_value());
  TokenizerCrate::Row whole = crate_.encode(text, pair).front();
  if (size_of(whole) <= length) return {finish(std::move(whole), text, pair, options.words)};
  const std::int64_t of_first = pair ? size_of(crate_.encode(text, std::nullopt, false).front()) : 0;
  const std::int64_t room = length - crate_.added_tokens(pair.has_value()) - of_first;
  PELLUCID_CHECK(room > 0, kUsage,
                 "the first text of the pair has {} tokens, which leaves no room for the second in windows of {}: give "
                 "longer windows",
                 of_first, length);
  PELLUCID_CHECK(stride >= 0 && stride < room, kUsage,
                 "windows of {} tokens have room for {} of the text: a stride of {} doesn't fit, give one from 0 to {}",
                 length, room, stride, room - 1);
  const auto strategy = pair ? Truncation::Strategy::kOnlySecond : Truncation::Strategy::kOnlyFirst;
  std::vector<TokenizedText> out;
  for (TokenizerCrate::Row& row :
       crate_.encode(text, pair, true, Truncation{.max_length = length, .stride = stride, .strategy = strategy})) {
    out.push_back(finish(std::move(row), text, pair, options.words));
  }
  return out;
}

std::string Tokenizer::piece_of(std::int64_t id) const {
  const std::optional<std::string> piece = crate_.piece_of(id);
  PELLUCID_CHECK(piece, kBadInput, "the tokenizer '{}' has no token {}", crate_.source(), id);
  return *piece;
}

}  // namespace pellucid
