#include "propagate/rule_sets/gradient.hpp"

#include "propagate/operators/operators.hpp"

namespace pellucid::propagate {

RuleSet gradient_rule_set() {
  std::vector<Rule> rules;
  for (const operators::Gradient& gradient : operators::gradients()) {
    Rule rule;
    rule.name = "gradient of " + gradient.op;
    rule.kind = gradient.apply != nullptr ? RuleKind::kPropagates : RuleKind::kZero;
    rule.operators = {gradient.op};
    rule.is_gradient = true;
    if (gradient.apply != nullptr) rule.apply = gradient.apply;
    rule.why = gradient.formula;
    rules.push_back(std::move(rule));
  }
  return {"gradient", std::move(rules)};
}

}  // namespace pellucid::propagate
