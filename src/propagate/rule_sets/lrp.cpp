#include "propagate/rule_sets/lrp.hpp"

#include "propagate/rule_sets/held.hpp"
#include "propagate/rule_sets/relevance.hpp"

namespace pellucid::propagate {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

ValueId negative_part(graph::Builder& build, ValueId x) {
  return build.unary("Neg", build.unary("Relu", build.unary("Neg", x)));
}

/// x̃ (R / (x̃ W̃)  W̃ᵀ) for x̃ and W̃ of one sign
ValueId half(Step& step, const Linear& at, ValueId x, ValueId weight, double epsilon) {
  graph::Builder& build = step.build;
  const ValueId z = apply_linear(build, step.node, at, x, weight);
  const ValueId s = build.mul(step.cotangent(), relevance::inverse(build, z, epsilon));
  return build.mul(transposed_linear(step, at, s, weight), x);
}

void halves(Step& step, double epsilon) {
  graph::Builder& build = step.build;
  const Linear at = *linear_at(build.graph(), step.node);
  if (!step.wants(at.input)) return;
  const ValueId x = step.input(at.input), weight = step.input(at.weight);
  const ValueId positive = half(step, at, build.unary("Relu", x), build.unary("Relu", weight), epsilon);
  const ValueId negative = half(step, at, negative_part(build, x), negative_part(build, weight), epsilon);
  step.give(at.input, build.add(positive, negative));
}

}  // namespace

RuleSet lrp_rule_set(double epsilon) {
  std::vector<Rule> rules{
      {"positive and negative contributions, each the whole R",
       RuleKind::kPropagates,
       {"MatMul", "Gemm", "Einsum"},
       [](const Graph& graph, const Node& node) { return linear_at(graph, node).has_value(); },
       [epsilon](Step& step) { halves(step, epsilon); },
       "x+ (R / (x+ W+) W+^T) + x- (R / (x- W-) W-^T)"},
      relevance::bias_rule(),
      {"shares of a sum",
       RuleKind::kPropagates,
       {"Add"},
       relevance::is_sum,
       [epsilon](Step& step) { relevance::give_shares(step, relevance::shares_of_sum(step, epsilon)); },
       "u S and v S, S = R / (u + v)"},
  };
  held::add(rules, relevance::shared_rules(epsilon));
  return {"lrp", std::move(rules), relevance::combine(epsilon)};
}

}  // namespace pellucid::propagate
