#include "propagate/rule_sets/attnlrp.hpp"

#include "propagate/roles.hpp"
#include "propagate/rule_sets/held.hpp"
#include "propagate/rule_sets/stabilised.hpp"

namespace pellucid::propagate {
namespace {

Rule softmax_rule() {
  return {"softmax of attention",
          RuleKind::kPropagates,
          {"Softmax"},
          is_attention_softmax,
          [](Step& step) {
            held::gradient_of("Softmax")(step);
            step.scale_given(0, 0.5);
          },
          "A (g - sum A g) / 2: the half is that of A V (Prop. 3.1 and 3.3)"};
}

/// R / (2 z + ε) to each factor is g z / (z + ε/2), halved.
Rule product_rule(const Stabilisers& by) {
  return {"half of a matrix product to each factor",
          RuleKind::kPropagates,
          {"MatMul", "Einsum"},
          is_matrix_product,
          [by](Step& step) {
            step.replace_cotangent(
                stabilised::shrunk(step, step.cotangent(), step.output(), by.matmul / 2, by.follows_sign));
            held::gradient_of(step.node.op)(step);
            std::size_t probabilities = 2;
            (void)is_attention_value(step.build.graph(), step.node, probabilities);
            for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
              if (i != probabilities) step.scale_given(i, 0.5);
          },
          "g b^T / 2 and a^T g / 2 (Prop. 3.3); attention's A gets the whole g V^T"};
}

}  // namespace

RuleSet attnlrp_rule_set(const RuleOptions& options) {
  std::vector<Rule> rules{softmax_rule(), product_rule(options.epsilon)};
  held::add(rules, stabilised::rules(options));
  held::add(rules, held::activations());
  held::add(rules, held::norms());
  rules.push_back(held::halved_product());
  held::add(rules, held::head_probabilities());
  held::add(rules, held::linear_operators());
  return {"attnlrp", std::move(rules)};
}

}  // namespace pellucid::propagate
