#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// An ONNX file's bytes and the weights it only refers to.
struct WrittenGraph {
  std::vector<std::byte> bytes;
  TensorMap weights;  ///< by initialiser name, sharing the graph's memory
};

/// Constants of at least this many bytes are referred to, not written, by `write_graph`.
inline constexpr std::size_t kSharedWeightBytes = 1024;

/// The graph as ONNX at opset kOpset, large constants left out (a session takes them from `weights`).
[[nodiscard]] WrittenGraph write_graph(const Graph& graph);

/// The graph that was written, its values and nodes numbered in the order of the file: reading what was written of the
/// result gives the result again. Throws Error{kBadInput} where `written` isn't what write_graph makes.
[[nodiscard]] Graph read_graph(const WrittenGraph& written);

/// The graph as an ONNX file that stands alone; beyond 1.8 GB the weights go into `external_name`, whose bytes are
/// returned in `external` for the caller to write beside it.
struct StandaloneGraph {
  std::string bytes;
  std::vector<Tensor> external;  ///< in the order of their offsets, each starting at a multiple of 64
};
[[nodiscard]] StandaloneGraph write_standalone(const Graph& graph, const std::string& external_name,
                                               const std::map<std::string, std::string>& metadata);

}  // namespace pellucid::graph
