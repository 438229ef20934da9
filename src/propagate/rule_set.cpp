#include "propagate/rule_set.hpp"

#include "base/check.hpp"
#include "graph/opaque.hpp"
#include "propagate/rule_sets/gradient.hpp"
#include "propagate/rule_sets/libra.hpp"

namespace pellucid::propagate {

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

std::vector<std::string> rule_set_names() { return {"gradient", "libra"}; }

RuleSet make_rule_set(const std::string& name) {
  if (name == "gradient") return gradient_rule_set();
  if (name == "libra") return libra_rule_set();
  fail(ErrorCode::kUsage, "unknown rule set '{}'; known: gradient, libra", name);
}

}  // namespace pellucid::propagate
