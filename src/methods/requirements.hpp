#pragma once

#include "methods/context.hpp"

namespace pellucid::methods {

/// What methods need of a model. Each throws Error{kUnsupported} that names the method, what is missing and why.

/// At least one attention block.
void require_blocks(const Context& context, const std::string& method);
/// Blocks that all keep the same tokens.
void require_one_token_axis(const Context& context, const std::string& method);
/// The same, and the rows that the head reads: weights or, where `pool` is set, an attention-pooling head.
void require_read_out(const Context& context, const std::string& method, bool pool);
/// Whether the head pools the tokens by an attention of its own.
[[nodiscard]] bool has_pool(const Context& context);

/// Throws Error{kUnsupported} unless a decoder attends to the stream and the row of the explained position is known.
void require_decoder(const Context& context, const std::string& method);
/// Whether the option sites=cross is set.
[[nodiscard]] bool crosses(const Context& context);
/// The decoder's cross attention, from its first block to its last.
[[nodiscard]] std::vector<anatomy::AttentionSite> cross_sites(const Context& context);

/// The tensor that the option `at` names.
[[nodiscard]] graph::ValueId value_at(const Context& context);

}  // namespace pellucid::methods
