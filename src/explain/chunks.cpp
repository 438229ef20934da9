#include "explain/chunks.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/size_text.hpp"
#include "graph/memory.hpp"

namespace pellucid::explain {
namespace {
/// The runtime's own code, thread stacks and buffers, beside what a graph needs.
constexpr std::uint64_t kRuntimeBytes = 80ull << 20;
/// The operators' own scratch memory (columns of a convolution, transposed operands): at most a fifth of the
/// activations, measured.
constexpr std::uint64_t kScratchShare = 5;

std::uint64_t bytes_needed(const graph::Graph& graph, std::int64_t rows, const Beside& beside) {
  const graph::MemoryEstimate estimate = graph::estimate_memory(graph, rows);
  return estimate.total() + estimate.activations / kScratchShare + kRuntimeBytes + beside.fixed +
         static_cast<std::uint64_t>(rows) * beside.per_row;
}

}  // namespace

std::int64_t rows_that_fit(const graph::Graph& graph, std::int64_t wanted, std::uint64_t memory, const char* what,
                           const Beside& beside) {
  std::int64_t rows = std::clamp<std::int64_t>(wanted, 1, kLargestChunk);
  if (memory == 0) return rows;
  while (rows > 1 && bytes_needed(graph, rows, beside) > memory) --rows;
  const std::uint64_t needed = bytes_needed(graph, rows, beside);
  PELLUCID_CHECK(needed <= memory, kUnsupported,
                 "--memory {}: {} needs about {} even for one sample and one target at a time", format_size(memory),
                 what, format_size(needed));
  return rows;
}

}  // namespace pellucid::explain
