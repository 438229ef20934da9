#include "propagate/rule_sets/chefer.hpp"

#include <optional>

#include "anatomy/sample_axis.hpp"
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
void signed_linear(Step& step, double epsilon) {
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

/// How a value's samples are told apart.
struct Samples {
  std::optional<std::size_t> axis;  ///< of the value; nothing: it is one sample
  bool lead = true;                 ///< an axis of samples and heads counts the samples first
};

Samples samples_of(const Graph& graph, const Node& node) {
  const ValueId value = node.outputs[0];
  const std::optional<std::size_t> axis = anatomy::sample_axis(graph.dims(value));
  if (!axis) {
    const bool alone = graph.inputs.empty() || graph.dims(graph.inputs.front()).empty() ||
                       graph.dims(graph.inputs.front())[0].size == 1;
    PELLUCID_CHECK(alone, kUnsupported,
                   "{}: the model's batch is fixed, and rule set 'chefer' needs the sums of each sample; export the "
                   "model with a dynamic batch, or with a batch of 1",
                   graph::describe(node));
    return {};
  }
  const std::optional<bool> lead = anatomy::samples_lead(graph, value);
  PELLUCID_CHECK(lead.has_value(), kUnsupported,
                 "{}: samples share an axis of {}, in what order isn't found, and rule set 'chefer' needs the sums of "
                 "each sample",
                 graph::describe(node), graph::to_string(graph.dims(value)));
  return {axis, *lead};
}

/// Σ over everything but targets and samples, against a cotangent's dims: [K, …, B, …] -> [K, 1, …, B, 1, …].
ValueId sample_sum(graph::Builder& build, ValueId value, const Samples& samples) {
  const std::size_t kept = samples.axis ? *samples.axis + 1 : 0;
  const std::int64_t folded = samples.axis ? build.dims(value).at(kept).size : 1;
  if (folded > 1) value = anatomy::unfold_samples(build, value, kept, samples.lead);
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 1; axis < build.rank(value); ++axis)
    if (axis != static_cast<std::int64_t>(kept)) axes.push_back(axis);
  const ValueId sum = build.reduce_sum(value, axes, true);
  if (folded == 1) return sum;
  graph::Dims repeated = build.dims(sum);
  repeated[kept + 1].size = folded;
  return anatomy::fold_samples(build, build.expand(sum, repeated), kept, samples.lead);
}

/// a · sd(sd(|A|, |A| + |B|) ρ, A) with A, B the sums of both shares and ρ that of R.
ValueId normalised(graph::Builder& build, ValueId share, ValueId sum, ValueId sizes, ValueId rho, double epsilon) {
  const ValueId part = build.mul(build.unary("Abs", sum), relevance::inverse(build, sizes, epsilon));
  return build.mul(share, build.mul(build.mul(part, rho), relevance::inverse(build, sum, epsilon)));
}

// Σa and Σb keep their ratio in size and add up to ΣR: nothing changes while both have its sign (sec. 3.2).
void sum(Step& step, double epsilon) {
  graph::Builder& build = step.build;
  const Samples samples = samples_of(build.graph(), step.node);
  const relevance::Shares raw = relevance::shares_of_sum(step, epsilon);
  const ValueId a = sample_sum(build, raw.a, samples), b = sample_sum(build, raw.b, samples);
  const ValueId rho = sample_sum(build, step.cotangent(), samples);
  const ValueId sizes = build.add(build.unary("Abs", a), build.unary("Abs", b));
  relevance::give_shares(
      step, {normalised(build, raw.a, a, sizes, rho, epsilon), normalised(build, raw.b, b, sizes, rho, epsilon)});
}

}  // namespace

RuleSet chefer_rule_set(double epsilon) {
  std::vector<Rule> rules{
      {"positive and negative contributions",
       RuleKind::kPropagates,
       {"MatMul", "Gemm", "Einsum"},
       [](const Graph& graph, const Node& node) { return linear_at(graph, node).has_value(); },
       [epsilon](Step& step) { signed_linear(step, epsilon); },
       "x+ (S W+^T) + x- (S W-^T), S = R / (x+ W+ + x- W-)"},
      relevance::bias_rule(),
      {"normalised shares of a sum",
       RuleKind::kPropagates,
       {"Add"},
       relevance::is_sum,
       [epsilon](Step& step) { sum(step, epsilon); },
       "u S and v S, S = R / (u + v), scaled to add up to R"},
  };
  held::add(rules, relevance::shared_rules(epsilon));
  return {"chefer", std::move(rules), relevance::combine(epsilon)};
}

}  // namespace pellucid::propagate
