#pragma once

#include <cstdint>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// What running a graph takes at a given batch size, estimated: values live from their node to their last reader.
struct MemoryEstimate {
  std::uint64_t weights = 0;      ///< constants as they lie in the file
  std::uint64_t packed = 0;       ///< copies that the runtime makes of matrices for its products
  std::uint64_t activations = 0;  ///< largest sum of values alive at once
  [[nodiscard]] std::uint64_t total() const { return weights + packed + activations; }
};

[[nodiscard]] MemoryEstimate estimate_memory(const Graph& graph, std::int64_t batch);

}  // namespace pellucid::graph
