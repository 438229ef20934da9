#include "graph/memory.hpp"

#include <algorithm>
#include <set>

#include "graph/schedule.hpp"

namespace pellucid::graph {
namespace {

std::uint64_t bytes_of(const Value& value, std::int64_t batch) {
  std::uint64_t bytes = element_size(value.type);
  for (const std::int64_t axis : shape_at(value.dims, batch)) bytes *= static_cast<std::uint64_t>(axis);
  return bytes;
}

/// Nodes whose result is the operand's memory under another shape.
bool shares_memory(const Node& node) {
  return node.op == "Reshape" || node.op == "Squeeze" || node.op == "Unsqueeze" || node.op == "Identity" ||
         node.op == "Flatten";
}

void add_constants(const Graph& graph, const std::vector<NodeId>& order, MemoryEstimate& estimate) {
  std::set<ValueId> seen;
  for (const NodeId id : order) {
    const Node& node = graph.node(id);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (!graph.is_constant(node.inputs[i])) continue;
      const std::uint64_t bytes = graph.value(node.inputs[i]).constant.bytes();
      if (seen.insert(node.inputs[i]).second) estimate.weights += bytes;
      if ((node.op == "MatMul" || node.op == "Gemm") && i == 1) estimate.packed += bytes;
    }
  }
}

}  // namespace

MemoryEstimate estimate_memory(const Graph& graph, std::int64_t batch) {
  const std::vector<NodeId> order = run_order(graph);
  MemoryEstimate estimate;
  add_constants(graph, order, estimate);
  // Values that share memory are one: the operand's, alive until the last reader of any of them.
  std::vector<ValueId> owner(graph.value_count());
  for (std::size_t i = 0; i < owner.size(); ++i) owner[i] = static_cast<ValueId>(i);
  for (const NodeId id : order)
    if (const Node& node = graph.node(id); shares_memory(node))
      owner[static_cast<std::size_t>(node.outputs[0])] = owner[static_cast<std::size_t>(node.inputs[0])];
  std::vector<std::size_t> last(graph.value_count(), 0);
  for (std::size_t at = 0; at < order.size(); ++at)
    for (const ValueId input : graph.node(order[at]).inputs)
      if (input != kNone) last[static_cast<std::size_t>(owner[static_cast<std::size_t>(input)])] = at;
  for (const ValueId output : graph.outputs)
    last[static_cast<std::size_t>(owner[static_cast<std::size_t>(output)])] = order.size();
  std::vector<std::vector<ValueId>> ends(order.size() + 1);
  std::uint64_t alive = 0;
  for (const ValueId input : graph.inputs) alive += bytes_of(graph.value(input), batch);
  estimate.activations = alive;
  for (std::size_t at = 0; at < order.size(); ++at) {
    const Node& node = graph.node(order[at]);
    for (const ValueId output : node.outputs) {
      if (output == kNone || owner[static_cast<std::size_t>(output)] != output) continue;
      alive += bytes_of(graph.value(output), batch);
      ends[std::max(last[static_cast<std::size_t>(output)], at)].push_back(output);
    }
    estimate.activations = std::max(estimate.activations, alive);
    for (const ValueId gone : ends[at]) alive -= bytes_of(graph.value(gone), batch);
  }
  return estimate;
}

}  // namespace pellucid::graph
