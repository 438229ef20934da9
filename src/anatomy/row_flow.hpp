#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// What a value behind the last block holds of that block's token rows.
struct Rows {
  enum class Kind : std::uint8_t {
    kNothing,  ///< nothing of them
    kPerRow,   ///< positions along axes [axis, last_axis] are single rows, listed in `tokens`
    kPooled,   ///< a weighted sum of rows, passed on through the head
    kMasked,   ///< a mean over rows that depends on a mask
    kChosen,   ///< a row at a computed position
    kMixed     ///< something else: `why` says what
  };
  Kind kind = Kind::kNothing;
  std::size_t axis = 0, last_axis = 0;
  bool flat = false;                 ///< kPerRow: the token axis is merged with the batch axis
  bool masked = false;               ///< kPerRow: some rows are multiplied by a mask
  TokenMask mask;                    ///< kPerRow, kMasked: that mask, where it has one number for each token
  std::vector<std::int64_t> tokens;  ///< kPerRow: token of every position
  std::vector<double> weights;       ///< kPooled: [tokens], sums to 1
  std::string why;
};

/// Where the rows of the last block's output go.
struct RowsBehind {
  Rows logits;                         ///< what the logits hold of them
  std::vector<TokenOutput> per_token;  ///< the outputs that keep all rows
};

/// Follows every row of `last` [batch, tokens, width] through the head. Concatenated class token and mean: the class
/// token. Sums of two heads: their rows' mean.
[[nodiscard]] RowsBehind follow_rows(const Dataflow& flow, graph::ValueId last);

}  // namespace pellucid::anatomy
