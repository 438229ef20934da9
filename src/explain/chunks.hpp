#pragma once

#include <cstdint>

#include "graph/graph.hpp"

namespace pellucid::explain {

/// The largest batch, at most `wanted`, with which a graph's run stays within `memory` bytes (0: no limit, then at most
/// kLargestChunk). Throws Error{kUnsupported} with the figure needed where not even one sample fits.
[[nodiscard]] std::int64_t rows_that_fit(const graph::Graph& graph, std::int64_t wanted, std::uint64_t memory,
                                         const char* what);

inline constexpr std::int64_t kLargestChunk = 16;

}  // namespace pellucid::explain
