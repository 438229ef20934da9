#pragma once

#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// The order in which nodes are written: by their distance from inputs and constants (the longest way), then by id.
/// ONNX Runtime runs a file's nodes depth first from the outputs, of a node's operands the one written last first. By
/// distance, that is the longest chain: what hangs beside it (|W|, normalised values) is made when it is needed.
[[nodiscard]] std::vector<NodeId> file_order(const Graph& graph);

/// The order in which ONNX Runtime runs that file.
[[nodiscard]] std::vector<NodeId> run_order(const Graph& graph);

}  // namespace pellucid::graph
