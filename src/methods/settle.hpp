#pragma once

#include "anatomy/anatomy.hpp"
#include "methods/method.hpp"

namespace pellucid::methods {

/// Gives the options whose default depends on the model or on another option (reduce, row, input, stream) their value,
/// and checks what their specs alone cannot: bounds that depend on the model, pairs that make no sense. Call it once,
/// after resolve_options and before anything is compiled; `graph` is the model, `by_token` says that every target
/// indexes a token. Throws Error{kUsage} or, for options of text models, Error{kUnsupported}.
void settle(const Method& method, const graph::Graph& graph, const anatomy::Stream& stream, ResolvedOptions& options,
            bool by_token = false);

/// Whether negative scores mean "against the target" under these options.
[[nodiscard]] bool gives_signed_scores(const Method& method, const ResolvedOptions& options);

}  // namespace pellucid::methods
