#pragma once

#include "methods/context.hpp"

namespace pellucid::explain {

/// Applies the options `cls` and `scale` to a method's token scores [K, batch, tokens].
[[nodiscard]] graph::ValueId finish_scores(methods::Context& context, graph::ValueId scores);

/// The part of token scores that is content, laid out for showing: [K, batch, rows, columns] of patches, or without
/// special tokens where there is no grid; kNone where it is the same as the token scores.
[[nodiscard]] graph::ValueId content_scores(methods::Context& context, graph::ValueId token_scores);

}  // namespace pellucid::explain
