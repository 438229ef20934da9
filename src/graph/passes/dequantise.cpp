#include "graph/passes/passes.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {

/// Every quantised value stands for a real one; operators between them are written in floating point.
int dequantise(Graph& graph) {
  int count = 0;
  Reals reals(graph);
  for (const NodeId id : graph.order()) {
    const Node& node = graph.node(id);
    const Dequantise rewrite = find_dequantise(node);
    if (rewrite == nullptr || !rewrite(reals, node)) continue;
    ++count;
  }
  if (count > 0) graph.prune();
  return count;
}

}  // namespace pellucid::graph
