#pragma once

#include <pellucid/model.hpp>

#include "explain/model_state.hpp"

namespace pellucid::explain {

/// What the tokens of every sample are there for, by the ids that are fed.
struct TokenRoles {
  std::vector<std::vector<bool>> content;  ///< [batch][tokens]: neither special nor padding
  std::vector<std::vector<bool>> real;     ///< [batch][tokens]: no padding
  std::vector<std::vector<bool>> second;   ///< [batch][tokens]: of the second text of a pair
  std::vector<std::vector<std::int64_t>> ids, types;
  std::optional<std::int64_t> mask;  ///< the mask token's id
  std::string mask_piece;            ///< "[MASK]", where that is known

  /// The first mask token's place; -1 where there is none.
  [[nodiscard]] std::int64_t first_mask(std::size_t sample) const;
};

/// Throws Error{kUnsupported} where the model takes no token ids.
[[nodiscard]] TokenRoles token_roles(Model::State& state, const Prepared& prepared, const Request& request);

/// The part of the original text between two tokens, both included; "" where they stand for none of it.
[[nodiscard]] std::string text_between(const TokenizedText& text, std::int64_t first, std::int64_t last);
/// The word that a token belongs to, else its piece.
[[nodiscard]] std::string word_at(const TokenizedText& text, std::int64_t token);

}  // namespace pellucid::explain
