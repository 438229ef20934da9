#include "propagate/rule_sets/libra.hpp"

#include "propagate/rule_sets/held.hpp"

namespace pellucid::propagate {

// Mehri et al., CVPR 2025: attention, deviations and gates are constants; a product gives half to each factor.
RuleSet libra_rule_set() {
  std::vector<Rule> rules{held::attention()};
  held::add(rules, held::activations());
  held::add(rules, held::norms());
  rules.push_back(held::halved_product());
  held::add(rules, held::linear_operators());
  return {"libra", std::move(rules)};
}

}  // namespace pellucid::propagate
