#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pellucid/text.hpp>

#include "inputs/token_padding.hpp"

namespace pellucid {

/// How a text that is too long is cut.
struct Truncation {
  enum class Strategy { kLongestFirst, kOnlyFirst, kOnlySecond };

  std::int64_t max_length = 0;  ///< with the special tokens
  std::int64_t stride = 0;      ///< tokens that a row shares with the next one
  Strategy strategy = Strategy::kLongestFirst;
  bool left = false;  ///< cuts at the beginning
};

/// Hugging Face's tokenizers, and the only place where its C interface is seen. Copies share what is read-only.
class TokenizerCrate {
 public:
  struct Handle;
  using Row = std::vector<TextToken>;

  /// False where the build has none; everything else then throws Error{kUnsupported}.
  [[nodiscard]] static bool available();

  /// `json`: the content of a tokenizer.json; `source` names it in errors. Throws Error{kBadInput} where it's damaged.
  [[nodiscard]] static TokenizerCrate open(const std::string& json, const std::string& source);

  /// Row 0 is the encoding, the others are what was cut off. `special` of a token is the tokenizer's own mask, `word`
  /// the tokenizer's number of the word in its text. Throws Error{kBadInput} for what the tokenizer refuses, such as a
  /// text that isn't UTF-8.
  [[nodiscard]] std::vector<Row> encode(const std::string& text, const std::optional<std::string>& pair,
                                        bool add_special_tokens = true,
                                        const std::optional<Truncation>& truncation = std::nullopt) const;

  [[nodiscard]] std::optional<std::int64_t> id_of(const std::string& piece) const;
  [[nodiscard]] std::optional<std::string> piece_of(std::int64_t id) const;
  [[nodiscard]] std::vector<std::int64_t> special_ids() const;     ///< of added tokens marked special, ascending
  [[nodiscard]] std::optional<std::int64_t> unknown_id() const;    ///< of text that the vocabulary doesn't hold
  [[nodiscard]] std::int64_t added_tokens(bool pair) const;        ///< put around a text, or around a pair
  [[nodiscard]] std::optional<Truncation> own_truncation() const;  ///< what tokenizer.json itself asks for
  [[nodiscard]] std::optional<TokenPadding> own_padding() const;   ///< what tokenizer.json itself asks for
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  TokenizerCrate(std::shared_ptr<const Handle> handle, std::string source)
      : handle_(std::move(handle)), source_(std::move(source)) {}

  std::shared_ptr<const Handle> handle_;
  std::string source_;
};

}  // namespace pellucid
