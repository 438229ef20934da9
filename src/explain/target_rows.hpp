#pragma once

#include <optional>
#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "methods/context.hpp"

namespace pellucid::explain {

/// The axis of a space's tensor that counts the tokens whose rows are read, of the stream or of its decoder; nothing
/// where its elements belong to no token.
[[nodiscard]] std::optional<std::int64_t> token_axis(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                                     const anatomy::Stream& stream, const std::string& space);

/// Whether the elements of every one of these spaces belong to tokens; `spaces` empty: those of the top classes.
[[nodiscard]] bool index_tokens(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                const anatomy::Stream& stream, const std::vector<std::string>& spaces);

/// The seeds of these spaces, in their order, with the axes that count samples and tokens; every space indexes tokens.
[[nodiscard]] std::vector<methods::TargetRows> target_rows(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                                           const anatomy::Stream& stream,
                                                           const std::vector<std::string>& spaces,
                                                           const std::vector<propagate::Seed>& seeds);

}  // namespace pellucid::explain
