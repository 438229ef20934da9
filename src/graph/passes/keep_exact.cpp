#include "graph/passes/keep_exact.hpp"

namespace pellucid::graph {
namespace {

bool is_double(const Graph& graph, ValueId id) { return graph.value(id).type == ElementType::kFloat64; }

/// A scalar factor as a vector of the last axis' size.
void spread_factor(Graph& graph, Node& node) {
  double factor = 0;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Dims& other = graph.dims(node.inputs[1 - i]);
    if (other.size() < 2 || other.back().per_batch || other.back().size < 2) continue;
    if (!constant_scalar(graph, node.inputs[i], factor)) continue;
    const std::vector<double> factors(static_cast<std::size_t>(other.back().size), factor);
    node.inputs[i] = graph.add_constant(Tensor({other.back().size}, factors), graph.fresh_name("factor"));
  }
}

void write_square(const Graph& graph, Node& node) {
  double exponent = 0;
  if (!constant_scalar(graph, node.inputs[1], exponent) || exponent != 2) return;
  node.op = "Mul";
  node.inputs[1] = node.inputs[0];
}

}  // namespace

void keep_exact(Graph& graph) {
  const std::size_t count = graph.node_count();
  for (std::size_t n = 0; n < count; ++n) {
    Node& node = graph.node(static_cast<NodeId>(n));
    if (node.removed || !node.domain.empty() || node.outputs.size() != 1 || !is_double(graph, node.outputs[0]))
      continue;
    if (node.op == "Mul" || node.op == "Div") spread_factor(graph, node);
    if (node.op == "Pow") write_square(graph, node);
  }
}

}  // namespace pellucid::graph
