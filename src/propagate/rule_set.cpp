#include "propagate/rule_set.hpp"

#include "base/check.hpp"
#include "graph/opaque.hpp"

namespace pellucid::propagate {

graph::ValueId sum_of(graph::Builder& build, graph::ValueId /*value*/, const std::vector<Arrival>& arrived) {
  graph::ValueId sum = arrived.front().cotangent;
  for (std::size_t i = 1; i < arrived.size(); ++i) sum = build.add(sum, arrived[i].cotangent);
  return sum;
}

const Rule* RuleSet::find(const graph::Graph& graph, const graph::Node& node) const {
  for (const Rule& rule : rules_)
    if (rule.matches(graph, node)) return &rule;
  return nullptr;
}

const Rule& RuleSet::require(const graph::Graph& graph, const graph::Node& node) const {
  const Rule* rule = find(graph, node);
  PELLUCID_CHECK(rule != nullptr || !graph::is_opaque(node), kUnsupported, "{}: rule set '{}' has no rule for it: {}",
                 graph::describe(node), name_, graph::advice_on_opaque(node));
  PELLUCID_CHECK(
      rule != nullptr, kUnsupported,
      "{}: rule set '{}' has no rule for operator {}; 'pellucid inspect --rules {}' lists what is covered, and "
      "methods without a walk back (attention, rollout) need no rules",
      graph::describe(node), name_, node.op, name_);
  return *rule;
}

}  // namespace pellucid::propagate
