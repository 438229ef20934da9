#pragma once

#include "explain/prepared.hpp"
#include "inputs/special_tokens.hpp"
#include "methods/options.hpp"

namespace pellucid::explain {

/// Whether the options explain another forward pass than the one that is fed: mask_special, token_types=zero.
[[nodiscard]] bool changes_feeding(const methods::ResolvedOptions& options);

/// The model with these options built in: special tokens masked as keys, token types 0. What tells tokens from padding
/// stays the mask that is fed. Throws Error{kUnsupported} where the model has no mask.
[[nodiscard]] Prepared with_feeding(const Prepared& prepared, const methods::ResolvedOptions& options,
                                    const SpecialTokens& special);

/// What the untouched model is fed for the same forward pass.
[[nodiscard]] TensorMap fed_so(const Prepared& prepared, const TensorMap& inputs,
                               const methods::ResolvedOptions& options, const SpecialTokens& special);

/// The same samples with every content token's id replaced: by `replacement`, special tokens (where `keep_special` is
/// set) and padding left alone. Throws Error{kUnsupported} where the model takes no token ids.
[[nodiscard]] TensorMap with_replaced_ids(const Prepared& prepared, const TensorMap& inputs,
                                          const SpecialTokens& special, std::int64_t replacement, bool keep_special);

}  // namespace pellucid::explain
