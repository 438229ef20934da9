#pragma once

#include <cstdint>

#include "graph/graph.hpp"

namespace pellucid::explain {

/// What is held in memory beside a graph's own run, in bytes.
struct Beside {
  std::uint64_t fixed = 0;    ///< whatever the batch: all inputs, another program's weights
  std::uint64_t per_row = 0;  ///< for every sample of the batch
};

/// The largest batch, at most `wanted`, with which a graph's run stays within `memory` bytes (0: no limit, then at most
/// kLargestChunk). Throws Error{kUnsupported} with the figure needed where not even one sample fits.
[[nodiscard]] std::int64_t rows_that_fit(const graph::Graph& graph, std::int64_t wanted, std::uint64_t memory,
                                         const char* what, const Beside& beside = {});

inline constexpr std::int64_t kLargestChunk = 16;

}  // namespace pellucid::explain
