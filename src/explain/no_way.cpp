#include "explain/no_way.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace pellucid::explain {

using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

/// The first node behind `from` through which nothing flows back; nullptr where there is none.
const Node* first_end(const Graph& graph, const propagate::RuleSet& rules, ValueId from) {
  std::set<ValueId> behind{from};
  for (const graph::NodeId id : graph.order()) {
    const Node& node = graph.node(id);
    const bool reads =
        std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) { return behind.count(input) != 0; });
    if (!reads || node.op == "Shape" || node.op == "Size") continue;
    const propagate::Rule* rule = rules.find(graph, node);
    if (rule != nullptr && rule->kind == propagate::RuleKind::kZero) return &node;
    behind.insert(node.outputs.begin(), node.outputs.end());
  }
  return nullptr;
}

}  // namespace

std::string why_no_way(const Graph& graph, const propagate::RuleSet& rules, ValueId from) {
  const std::string what = fmt::format("no differentiable way leads from '{}' to the target", graph.value(from).name);
  const Node* end = first_end(graph, rules, from);
  return end == nullptr ? what : fmt::format("{}: the gradient of {} is zero", what, graph::describe(*end));
}

}  // namespace pellucid::explain
