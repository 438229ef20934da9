#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <pellucid/text.hpp>

#include "inputs/model_folder.hpp"
#include "inputs/text_words.hpp"
#include "inputs/tokenizer_crate.hpp"

namespace pellucid {

struct EncodeOptions {
  /// The most tokens, special ones counted; 0: what the folder's files say (`Tokenizer::truncation`).
  std::int64_t max_length = 0;
  WordKind words = WordKind::kTokenizer;
};

/// Turns texts into the tokens of a model. May be used by several threads at once; copies are cheap.
class Tokenizer {
 public:
  /// False where the build has no tokenizers; `open` then throws Error{kUnsupported}.
  [[nodiscard]] static bool available();

  /// tokenizer.json of the folder, else vocab.txt of a BERT model with what tokenizer_config.json says about it.
  /// Throws Error{kBadInput} naming what was looked for where there is neither, and where a file is damaged;
  /// Error{kUnsupported} where vocab.txt belongs to a tokenizer of another kind.
  [[nodiscard]] static Tokenizer open(const ModelFolder& model);

  /// The tokens of a text, or of a pair of texts, cut to the length asked for: of a pair the longer text first, at the
  /// end, where the folder doesn't say otherwise. `cut` counts the tokens left out. Special are the tokens that the
  /// tokenizer puts around the text and special tokens that the text spells out; an unknown word isn't.
  /// Throws Error{kBadInput} where a text isn't UTF-8, Error{kUsage} where the length has no room for any text.
  [[nodiscard]] TokenizedText encode(const std::string& text, const std::optional<std::string>& pair = std::nullopt,
                                     const EncodeOptions& options = {}) const;

  /// A long text as windows of at most `length` tokens (special ones counted), each sharing `stride` tokens of text
  /// with the next. Of a pair, the second text goes through windows and every window has the whole first one. Spans
  /// refer to the whole texts; a word that a window's border cuts is in both windows with the tokens that these hold.
  /// Nothing is left out, so `cut` is 0. `options.max_length` isn't looked at. Throws like `encode`, and Error{kUsage}
  /// where `stride` or the first text of a pair leaves no room to go on.
  [[nodiscard]] std::vector<TokenizedText> windows(const std::string& text, const std::optional<std::string>& pair,
                                                   const EncodeOptions& options, std::int64_t length,
                                                   std::int64_t stride) const;

  [[nodiscard]] std::optional<std::int64_t> id_of(const std::string& piece) const { return crate_.id_of(piece); }

  /// Of text that the vocabulary doesn't hold; nothing where every text has pieces.
  [[nodiscard]] std::optional<std::int64_t> unknown_id() const { return unknown_; }

  /// As the vocabulary writes it. Throws Error{kBadInput} where the vocabulary has no such id.
  [[nodiscard]] std::string piece_of(std::int64_t id) const;

  /// What tokenizer.json asks for, else model_max_length and truncation_side of tokenizer_config.json; nothing where
  /// neither says how long a text may be.
  [[nodiscard]] const std::optional<Truncation>& truncation() const { return truncation_; }

  /// What tokenizer.json asks for. Neither `encode` nor `windows` pads.
  [[nodiscard]] std::optional<TokenPadding> padding() const { return crate_.own_padding(); }

 private:
  Tokenizer(TokenizerCrate crate, std::optional<Truncation> truncation);

  [[nodiscard]] TokenizedText finish(TokenizerCrate::Row row, const std::string& text,
                                     const std::optional<std::string>& pair, WordKind words) const;
  [[nodiscard]] bool is_spelt_out(const TextToken& token, const std::string& text) const;
  void check_room(std::int64_t length, bool pair) const;

  TokenizerCrate crate_;
  std::optional<Truncation> truncation_;
  std::set<std::int64_t> special_;
  std::optional<std::int64_t> unknown_;
};

}  // namespace pellucid
