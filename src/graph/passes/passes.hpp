#pragma once

#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// A rewrite that keeps what the graph computes. Each is one file and runs once, in the listed order.
struct Pass {
  std::string name;
  std::string what;            ///< one line, for `inspect`
  int (*apply)(Graph& graph);  ///< returns how many places were rewritten
};

/// The canonicalising passes in the order in which they run.
[[nodiscard]] const std::vector<Pass>& passes();
/// Runs them all; returns "name: n places" for each that did something.
std::vector<std::string> canonicalise(Graph& graph);

int batch_first(Graph& graph);
int dequantise(Graph& graph);
int decompose_fused(Graph& graph);
int flatten_grids(Graph& graph);
int half_to_single(Graph& graph);
int lower_einsum(Graph& graph);
int recover_gelu(Graph& graph);
int recover_layer_normalization(Graph& graph);
int recover_softmax(Graph& graph);

}  // namespace pellucid::graph
