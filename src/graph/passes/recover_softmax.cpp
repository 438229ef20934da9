#include "graph/builder.hpp"
#include "graph/passes/passes.hpp"
#include "graph/passes/pattern.hpp"

namespace pellucid::graph {
namespace {

bool reduces_last(const Graph& graph, const Node* node, const std::string& op, ValueId of) {
  if (node == nullptr || node->op != op || node->inputs[0] != of || !graph.is_constant(node->inputs[1])) return false;
  const std::vector<std::int64_t> axes = constant_ints(graph, *node, 1);
  return axes.size() == 1 && positive_axis(axes[0], graph.rank(of)) == graph.rank(of) - 1 &&
         int_attribute(*node, "keepdims", 1) == 1;
}

/// x where the node is exp(x − max x)/Σ exp(x − max x) over the last axis.
std::optional<ValueId> match(const Graph& graph, const Node& division) {
  const Node* power = graph.producer(division.inputs[0]);
  if (power == nullptr || power->op != "Exp") return std::nullopt;
  if (!reduces_last(graph, graph.producer(division.inputs[1]), "ReduceSum", power->outputs[0])) return std::nullopt;
  const Node* shift = graph.producer(power->inputs[0]);
  if (shift == nullptr || shift->op != "Sub") return std::nullopt;
  const ValueId x = shift->inputs[0];
  return reduces_last(graph, graph.producer(shift->inputs[1]), "ReduceMax", x) ? std::optional(x) : std::nullopt;
}

}  // namespace

int recover_softmax(Graph& graph) {
  std::vector<std::pair<ValueId, Node>> found;
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const Node& node = graph.node(static_cast<NodeId>(n));
    if (node.removed || node.op != "Div") continue;
    if (const auto x = match(graph, node)) found.emplace_back(*x, node);
  }
  Builder build(graph);
  for (const auto& [x, division] : found) {
    build.set_source(division.source);
    graph.replace_uses(division.outputs[0], build.softmax(x, -1));
  }
  return static_cast<int>(found.size());
}

}  // namespace pellucid::graph
