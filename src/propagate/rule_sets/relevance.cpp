#include "propagate/rule_sets/relevance.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "propagate/roles.hpp"
#include "propagate/rule_sets/held.hpp"
#include "propagate/rule_sets/patch_embedding.hpp"

namespace pellucid::propagate::relevance {

using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

/// The gradient's rule with S as cotangent, what each operand is given times `share` of the operand: R = x ⊙ (…)ᵀS.
void z_rule(Step& step, ValueId s, double share) {
  step.replace_cotangent(s);
  held::gradient_of(step.node.op)(step);
  for (std::size_t i = 0; i < step.input_count(); ++i)
    if (step.given(i) != graph::kNone)
      step.exchange_given(i, step.build.mul_scalar(step.build.mul(step.given(i), step.input(i)), share));
}

/// Z is the pure product: constants that its operands were scaled by are taken out, by scaling ε instead.
Rule product_rule(double epsilon) {
  return {"half of a matrix product to each factor",
          RuleKind::kPropagates,
          {"MatMul", "Einsum"},
          is_matrix_product,
          [epsilon](Step& step) {
            const Graph& graph = step.build.graph();
            const double scale = constant_factor(graph, step.input(0)) * constant_factor(graph, step.input(1));
            const ValueId inverted = inverse(step.build, step.output(), epsilon * scale);
            z_rule(step, step.build.mul(step.cotangent(), inverted), 0.5);
          },
          "S = R / (U V), U (S V^T) / 2 and V (U^T S) / 2"};
}

Rule mean_rule(double epsilon) {
  return {"share of a mean",
          RuleKind::kPropagates,
          {"ReduceMean", "AveragePool", "GlobalAveragePool", "ReduceSum"},
          nullptr,
          [epsilon](Step& step) {
            z_rule(step, step.build.mul(step.cotangent(), inverse(step.build, step.output(), epsilon)), 1);
          },
          "x R / (n mean(x))"};
}

/// R to the one operand that is explained, whatever the operator does with it.
void pass(Step& step, std::size_t i) {
  if (!step.wants(i)) return;
  PELLUCID_CHECK(step.input_dims(i) == step.output_dims(), kUnsupported,
                 "{}: it changes the shape of what it scales; relevance can't pass it unchanged",
                 graph::describe(step.node));
  step.give(i, step.cotangent());
}

/// Activations with f(0) = 0 and norms.
Rule passing_rule() {
  return {"passes unchanged",
          RuleKind::kPropagates,
          {"Cast",
           "CastLike",
           "Celu",
           "Dropout",
           "Elu",
           "Gelu",
           "GroupNormalization",
           "HardSwish",
           "Identity",
           "InstanceNormalization",
           "LayerNormalization",
           "LeakyRelu",
           "LpNormalization",
           "MeanVarianceNormalization",
           "Mish",
           "Relu",
           "Selu",
           "Softplus",
           "Softsign",
           "Tanh",
           "ThresholdedRelu"},
          nullptr,
          [](Step& step) { pass(step, 0); },
          "R"};
}

Rule softmax_rule() {
  return {"passes unchanged",
          RuleKind::kPropagates,
          {"Softmax"},
          is_attention_softmax,
          [](Step& step) { pass(step, 0); },
          "R"};
}

/// Norms and activations in single steps, and products with constants.
Rule scaling_rule() {
  const auto moving = [](const Graph& graph, const Node& node) -> std::size_t {
    std::size_t held = 0;
    if (node.op == "Neg") return 0;
    if (is_gated_activation(graph, node, held) || is_norm(graph, node, held)) return 1 - held;
    const bool first = depends_on_input(graph, node.inputs[0]), second = depends_on_input(graph, node.inputs[1]);
    if (first == second || (second && node.op == "Div")) return 2;
    return first ? 0 : 1;
  };
  return {"scaling passes unchanged",
          RuleKind::kPropagates,
          {"Mul", "Div", "Neg"},
          [moving](const Graph& graph, const Node& node) { return moving(graph, node) < 2; },
          [moving](Step& step) { pass(step, moving(step.build.graph(), step.node)); },
          "R to what is scaled"};
}

/// Whether all of a value goes on through Slices and Gathers of single places: the parts of packed queries, keys and
/// values.
bool is_taken_apart(const Graph& graph, ValueId whole) {
  std::int64_t taken = 0;
  for (const graph::NodeId id : graph.consumers(whole)) {
    const Node& node = graph.node(id);
    const bool cuts = node.op == "Slice" || (node.op == "Gather" && graph.is_constant(node.inputs[1]));
    if (!node.domain.empty() || !cuts) return false;
    taken += size_of(graph, node.outputs[0]);
  }
  return taken == size_of(graph, whole);
}

/// The class token's row, and the like: a table that token ids look up ends the walk and never gets here.
Rule selection_rule(double epsilon) {
  return {"selected tokens",
          RuleKind::kPropagates,
          {"Gather", "GatherElements", "GatherND", "Slice", "TopK"},
          [](const Graph& graph, const Node& node) { return !is_taken_apart(graph, node.inputs[0]); },
          [epsilon](Step& step) {
            if (!step.wants(0)) return;
            graph::Builder& build = step.build;
            const ValueId kept = build.mul(step.output(), inverse(build, step.output(), epsilon));
            step.replace_cotangent(build.mul(step.cotangent(), kept));
            held::gradient_of(step.node.op)(step);
          },
          "x R / x at the selected ones, 0 elsewhere"};
}

Rule routing_rule() {
  return {
      "moved",
      RuleKind::kPropagates,
      {"Concat", "DepthToSpace", "Expand", "Flatten", "Gather", "GlobalMaxPool", "MaxPool", "Pad", "ReduceMax",
       "Reshape", "ReverseSequence", "Slice", "SpaceToDepth", "Split", "Squeeze", "Transpose", "Unsqueeze", "Where"},
      nullptr,
      [](Step& step) { held::gradient_of(step.node.op)(step); },
      "R where its value came from"};
}

}  // namespace

ValueId inverse(graph::Builder& build, ValueId x, double epsilon) {
  const ValueId zero = build.scalar_like(0, x);
  const ValueId quotient = build.unary("Reciprocal", build.add_scalar(x, epsilon));
  return build.where(build.compare("Equal", x, zero), zero, quotient);
}

ValueId product_of(Step& step, const Linear& linear) {
  // MatMul and Einsum have no bias of their own.
  const bool plain = step.node.inputs.size() < 3 || step.node.inputs[2] == graph::kNone;
  if (plain) return step.output();
  return apply_linear(step.build, step.node, linear, step.input(linear.input), step.input(linear.weight));
}

Shares shares_of_sum(Step& step, double epsilon) {
  graph::Builder& build = step.build;
  const ValueId s = build.mul(step.cotangent(), inverse(build, step.output(), epsilon));
  // A mask may be −∞, and so may scores that were masked before: neither's share, which is 0, must become 0 · ∞.
  const auto finite = [&](std::size_t i) {
    const ValueId operand = step.input(i);
    if (step.wants(0) && step.wants(1)) return operand;
    constexpr double kLargest = 3e38;
    return build.op("Clip", {operand, build.scalar_like(-kLargest, operand), build.scalar_like(kLargest, operand)},
                    build.dims(operand), build.type(operand));
  };
  return {build.mul(s, finite(0)), build.mul(s, finite(1))};
}

void give_shares(Step& step, const Shares& shares) {
  if (step.wants(0)) step.give_summed(0, shares.a);
  if (step.wants(1)) step.give_summed(1, shares.b);
}

bool is_sum(const Graph& graph, const Node& node) {
  return node.domain.empty() && node.op == "Add" && !is_bias_add(graph, node);
}

Rule bias_rule() {
  return {"bias left out",
          RuleKind::kPropagates,
          {"Add"},
          is_bias_add,
          [](Step& step) {
            for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
              if (step.wants(i)) step.give(i, step.cotangent());
          },
          "R to the product"};
}

std::vector<Rule> shared_rules(double epsilon) {
  std::vector<Rule> rules{product_rule(epsilon), passing_rule(),          softmax_rule(), scaling_rule(),
                          mean_rule(epsilon),    selection_rule(epsilon), routing_rule(), patch_embedding_rule()};
  held::add(rules, held::zeros());
  return rules;
}

CombineFunction combine(double epsilon) {
  return [epsilon](graph::Builder& build, ValueId value, const std::vector<Arrival>& arrived) {
    const ValueId sum = sum_of(build, value, arrived);
    if (arrived.size() < 2 || is_taken_apart(build.graph(), value)) return sum;
    const auto projections = std::count_if(arrived.begin(), arrived.end(), [&](const Arrival& arrival) {
      return arrival.from != graph::kNone && linear_at(build.graph(), build.graph().node(arrival.from));
    });
    const auto readers = static_cast<std::ptrdiff_t>(arrived.size()) - std::max<std::ptrdiff_t>(projections - 1, 0);
    if (readers < 2) return sum;
    return build.mul(sum, build.mul(value, inverse(build, value, epsilon)));
  };
}

}  // namespace pellucid::propagate::relevance
