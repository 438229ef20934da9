#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Who reads what, made once for a pass.
class Readers {
 public:
  explicit Readers(const Graph& graph) : graph_(graph), readers_(graph.value_count()) {
    for (std::size_t n = 0; n < graph.node_count(); ++n) {
      if (graph.node(static_cast<NodeId>(n)).removed) continue;
      for (const ValueId input : graph.node(static_cast<NodeId>(n)).inputs)
        if (input != kNone) readers_[static_cast<std::size_t>(input)].push_back(static_cast<NodeId>(n));
    }
  }
  /// The one node that reads a value, or nullptr where there are several or none.
  [[nodiscard]] const Node* only(ValueId id) const {
    const auto& list = readers_[static_cast<std::size_t>(id)];
    return list.size() == 1 ? &graph_.node(list[0]) : nullptr;
  }
  [[nodiscard]] const std::vector<NodeId>& of(ValueId id) const { return readers_[static_cast<std::size_t>(id)]; }

 private:
  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
};

/// For a two-operand node with one constant scalar near `expected`: the other operand.
inline std::optional<ValueId> operand_beside(const Graph& graph, const Node& node, double expected) {
  for (std::size_t i = 0; i < 2 && node.inputs.size() == 2; ++i) {
    double value = 0;
    if (constant_scalar(graph, node.inputs[i], value) && std::abs(value - expected) <= 1e-4 * std::abs(expected))
      return node.inputs[1 - i];
  }
  return std::nullopt;
}

/// For a two-operand node: the operand that isn't `known`, if `known` is one of them.
inline std::optional<ValueId> other_operand(const Node& node, ValueId known) {
  if (node.inputs.size() != 2) return std::nullopt;
  if (node.inputs[0] == known) return node.inputs[1];
  if (node.inputs[1] == known) return node.inputs[0];
  return std::nullopt;
}

}  // namespace pellucid::graph
