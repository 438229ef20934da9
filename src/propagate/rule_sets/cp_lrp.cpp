#include "propagate/rule_sets/cp_lrp.hpp"

#include "base/check.hpp"
#include "propagate/roles.hpp"
#include "propagate/rule_sets/held.hpp"
#include "propagate/rule_sets/stabilised.hpp"

namespace pellucid::propagate {
namespace {

using graph::Graph;
using graph::Node;

Rule gated_product_rule() {
  return {"product with a constant gate",
          RuleKind::kPropagates,
          {"Mul"},
          [](const Graph& graph, const Node& node) {
            std::size_t gate = 0;
            return is_gated_product(graph, node, gate);
          },
          [](Step& step) {
            std::size_t gate = 0;
            PELLUCID_ASSERT(is_gated_product(step.build.graph(), step.node, gate));
            if (step.wants(1 - gate)) step.give_summed(1 - gate, step.build.mul(step.cotangent(), step.input(gate)));
          },
          "u f(w): g f(w) to u, nothing to the gate"};
}

Rule attention_value_rule(const Stabilisers& by) {
  return {"attention times values, stabilised",
          RuleKind::kPropagates,
          {"MatMul", "Einsum"},
          [](const Graph& graph, const Node& node) {
            std::size_t probabilities = 0;
            return is_attention_value(graph, node, probabilities);
          },
          [by](Step& step) {
            step.replace_cotangent(
                stabilised::shrunk(step, step.cotangent(), step.output(), by.attention_value, by.follows_sign));
            held::gradient_of(step.node.op)(step);
          },
          "of g z / (z + e), A a constant"};
}

}  // namespace

RuleSet cp_lrp_rule_set(const RuleOptions& options) {
  std::vector<Rule> rules{held::attention()};
  if (options.epsilon.attention_value > 0) rules.push_back(attention_value_rule(options.epsilon));
  held::add(rules, stabilised::rules(options));
  held::add(rules, options.gradient_activations ? held::gradient_activations() : held::activations());
  held::add(rules, held::norms());
  rules.push_back(gated_product_rule());
  held::add(rules, held::head_probabilities());
  held::add(rules, held::linear_operators());
  return {"cp-lrp", std::move(rules)};
}

}  // namespace pellucid::propagate
