#pragma once

#include "explain/prepared.hpp"

namespace pellucid::explain {

/// The input that columns of attention scores are multiplied by: [batch, tokens].
inline constexpr const char* kSuppression = "suppression";

/// The model with that input: the product of queries and keys of every head that attends to the stream's tokens, in
/// its own blocks and in those of a decoder, times the key's factor. What is added to the products later (masks,
/// relative positions) is left alone. Throws Error{kUnsupported} naming an attention whose product wasn't found.
[[nodiscard]] graph::Graph with_suppression(const Prepared& prepared, const anatomy::Stream& stream);

}  // namespace pellucid::explain
