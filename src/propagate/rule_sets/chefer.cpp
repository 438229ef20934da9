#include "propagate/rule_sets/chefer.hpp"

#include "base/check.hpp"
#include "propagate/rule_sets/held.hpp"
#include "propagate/rule_sets/relevance.hpp"

namespace pellucid::propagate {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

// Z = x⁺W⁺ + x⁻W⁻ = ½ (x W + |x| |W|), S = R / Z,
// R_in = x⁺ (S W⁺ᵀ) + x⁻ (S W⁻ᵀ) = ½ (x (S Wᵀ) + |x| (S |W|ᵀ)): three products instead of six.
void linear(Step& step, double epsilon) {
  graph::Builder& build = step.build;
  const Linear at = *linear_at(build.graph(), step.node);
  if (!step.wants(at.input)) return;
  const ValueId x = step.input(at.input), weight = step.input(at.weight);
  const ValueId x_size = build.unary("Abs", x), weight_size = build.unary("Abs", weight);
  const ValueId twice =
      build.add(relevance::product_of(step, at), apply_linear(build, step.node, at, x_size, weight_size));
  // Of 2 Z and 2 R_in the twos cancel: R / (Z + ε) / 2 = R / (2 Z + 2 ε).
  const ValueId s = build.mul(step.cotangent(), relevance::inverse(build, twice, 2 * epsilon));
  step.give(at.input, build.add(build.mul(transposed_linear(step, at, s, weight), x),
                                build.mul(transposed_linear(step, at, s, weight_size), x_size)));
}

/// Σ over everything but targets and samples: [K, B, 1, …] against a cotangent's dims.
ValueId sample_sum(graph::Builder& build, ValueId value) {
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 1; axis < build.rank(value); ++axis)
    if (!build.dims(value)[static_cast<std::size_t>(axis)].per_batch) axes.push_back(axis);
  return build.reduce_sum(value, axes, true);
}

/// a · sd(sd(|A|, |A| + |B|) ρ, A) with A, B the sums of both shares and ρ that of R.
ValueId normalised(graph::Builder& build, ValueId share, ValueId sum, ValueId sizes, ValueId rho, double epsilon) {
  const ValueId part = build.mul(build.unary("Abs", sum), relevance::inverse(build, sizes, epsilon));
  return build.mul(share, build.mul(build.mul(part, rho), relevance::inverse(build, sum, epsilon)));
}

// Σa and Σb keep their ratio in size and add up to ΣR: nothing changes while both have its sign (sec. 3.2).
void sum(Step& step, double epsilon) {
  graph::Builder& build = step.build;
  for (const graph::Dim& dim : build.dims(step.output()))
    PELLUCID_CHECK(!dim.per_batch || dim.size == 1, kUnsupported,
                   "{}: samples and heads share an axis, and the rule needs the sums of each sample",
                   graph::describe(step.node));
  const relevance::Shares raw = relevance::shares_of_sum(step, epsilon);
  const ValueId a = sample_sum(build, raw.a), b = sample_sum(build, raw.b), rho = sample_sum(build, step.cotangent());
  const ValueId sizes = build.add(build.unary("Abs", a), build.unary("Abs", b));
  relevance::give_shares(
      step, {normalised(build, raw.a, a, sizes, rho, epsilon), normalised(build, raw.b, b, sizes, rho, epsilon)});
}

}  // namespace

RuleSet chefer_rule_set(double epsilon) {
  std::vector<Rule> rules{
      {"positive and negative contributions", RuleKind::kPropagates,
       [](const Graph& graph, const Node& node) { return node.op != "Conv" && linear_at(graph, node).has_value(); },
       [epsilon](Step& step) { linear(step, epsilon); }, "x+ (S W+^T) + x- (S W-^T), S = R / (x+ W+ + x- W-)"},
      relevance::bias_rule(),
      {"normalised shares of a sum", RuleKind::kPropagates, relevance::is_sum,
       [epsilon](Step& step) { sum(step, epsilon); }, "u S and v S, S = R / (u + v), scaled to add up to R"},
  };
  held::add(rules, relevance::shared_rules(epsilon));
  return {"chefer", std::move(rules), relevance::combine(epsilon)};
}

}  // namespace pellucid::propagate
