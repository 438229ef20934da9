#include "propagate/rule_set.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "graph/opaque.hpp"
#include "propagate/operators/operators.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::propagate {

graph::ValueId sum_of(graph::Builder& build, graph::ValueId /*value*/, const std::vector<Arrival>& arrived) {
  graph::ValueId sum = arrived.front().cotangent;
  for (std::size_t i = 1; i < arrived.size(); ++i) sum = build.add(sum, arrived[i].cotangent);
  return sum;
}

bool Rule::names(const std::string& op) const {
  return std::find(operators.begin(), operators.end(), op) != operators.end();
}

const Rule* RuleSet::find(const graph::Graph& graph, const graph::Node& node) const {
  if (!node.domain.empty()) return nullptr;
  for (const Rule& rule : rules_)
    if (rule.names(node.op) && (!rule.matches || rule.matches(graph, node))) return &rule;
  return nullptr;
}

namespace {

/// Why an operator is refused by every rule set, or which ones pass this node.
std::string what_works(const graph::Graph& graph, const graph::Node& node) {
  for (const operators::Refused& refused : operators::refused())
    if (node.domain.empty() && refused.op == node.op) return "no rule set has one: " + refused.why;
  std::string names;
  for (const std::string& name : rule_set_names())
    if (make_rule_set(name).find(graph, node) != nullptr) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "no rule set has one" : "--rules may be " + names + ", for methods that have it";
}

}  // namespace

const Rule& RuleSet::require(const graph::Graph& graph, const graph::Node& node) const {
  const Rule* rule = find(graph, node);
  PELLUCID_CHECK(rule != nullptr || !graph::is_opaque(node), kUnsupported, "{}: rule set '{}' has no rule for it: {}",
                 graph::describe(node), name_, graph::advice_on_opaque(node));
  PELLUCID_CHECK(
      rule != nullptr, kUnsupported,
      "{}: rule set '{}' has no rule for operator {}; {}; 'pellucid methods --operators' lists what is covered, and "
      "methods without a walk back (attention, rollout) need no rules",
      graph::describe(node), name_, node.op, what_works(graph, node));
  return *rule;
}

}  // namespace pellucid::propagate
