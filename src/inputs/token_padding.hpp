#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <pellucid/text.hpp>

namespace pellucid {

/// How rows of different lengths are made one batch.
struct TokenPadding {
  std::int64_t id = 0, type = 0;
  std::int64_t length = 0;    ///< 0: of the longest row; longer rows stay as they are
  std::int64_t multiple = 0;  ///< the length is rounded up to a multiple of it; 0: any length
  bool left = false;
};

/// One row of a batch, as models are fed.
struct PaddedRow {
  std::vector<std::int64_t> ids, types, attention_mask;  // [length]
};

[[nodiscard]] std::vector<PaddedRow> pad_tokens(std::span<const std::vector<TextToken>> rows,
                                                const TokenPadding& padding);

}  // namespace pellucid
