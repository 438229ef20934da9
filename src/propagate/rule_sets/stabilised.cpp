#include "propagate/rule_sets/stabilised.hpp"

#include "base/check.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/rule_sets/held.hpp"

namespace pellucid::propagate::stabilised {

using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

constexpr double kGammaEpsilon = 1e-6;  ///< zennit's stabiliser of the gamma rule, with the denominator's sign

/// z + ε, or z + ε sign(z) with sign(0) = 1
ValueId stabilise(graph::Builder& build, ValueId z, double epsilon, bool follows_sign) {
  const ValueId plus = build.add_scalar(z, epsilon);
  if (!follows_sign) return plus;
  return build.where(build.compare("Less", z, build.scalar_like(0, z)), build.add_scalar(z, -epsilon), plus);
}

bool is_linear(const Graph& graph, const Node& node) { return linear_at(graph, node).has_value(); }

/// s = g z / d where z has this sign, else 0.
ValueId of_sign(graph::Builder& build, ValueId relevance, ValueId z, ValueId denominator, const char* comparison) {
  const ValueId zero = build.scalar_like(0, z), one = build.scalar_like(1, z);
  const ValueId chosen = build.compare(comparison, z, zero);
  const ValueId safe = build.where(chosen, stabilise(build, denominator, kGammaEpsilon, true), one);
  return build.div(build.where(chosen, relevance, build.scalar_like(0, relevance)), safe);
}

/// The bias with what supports it raised: b + γ max(b, 0), or b + γ min(b, 0).
ValueId raised(graph::Builder& build, ValueId bias, double gamma, bool positive) {
  const ValueId part =
      positive ? build.unary("Relu", bias) : build.unary("Neg", build.unary("Relu", build.unary("Neg", bias)));
  return build.add(bias, build.mul_scalar(part, gamma));
}

ValueId plus_bias(graph::Builder& build, const Node& node, ValueId product, ValueId bias) {
  if (bias == graph::kNone) return product;
  if (node.op != "Conv") return build.add(product, bias);
  graph::Dims dims = build.dims(bias);
  dims.resize(build.dims(product).size() - 1, graph::Dim{});
  return build.add(product, build.reshape(bias, dims));
}

/// The generalised gamma rule (zennit; Achtibat et al. 2024, App. A.2.3) with W⁺γ = (1 + γ/2) W + γ/2 |W| and
/// W⁻γ = (1 + γ/2) W − γ/2 |W|: two products more than the ε-rule instead of eight.
///   d± = (1 + γ/2) x W ± γ/2 |x| |W| + b±γ,  s± = g z / d± where z has that sign
///   g_in = (1 + γ/2) (s₊ + s₋) Wᵀ + sign(x) γ/2 (s₊ − s₋) |W|ᵀ
void gamma_rule(Step& step, const Linear& linear, double gamma) {
  graph::Builder& build = step.build;
  PELLUCID_CHECK(step.node.op != "Gemm" || graph::float_attribute(step.node, "beta", 1) == 1, kUnsupported,
                 "{}: the gamma rule takes the bias as it is, and beta is not 1", graph::describe(step.node));
  const ValueId x = step.input(linear.input), weight = step.input(linear.weight), z = linear.output;
  const ValueId size = build.unary("Abs", weight);
  const ValueId whole = build.mul_scalar(apply_linear(build, step.node, linear, x, weight), 1 + gamma / 2);
  const ValueId spread =
      build.mul_scalar(apply_linear(build, step.node, linear, build.unary("Abs", x), size), gamma / 2);
  const ValueId bias = linear.bias, relevance = build.mul(step.cotangent(), z);
  const auto biased = [&](ValueId product, bool positive) {
    return plus_bias(build, step.node, product, bias == graph::kNone ? bias : raised(build, bias, gamma, positive));
  };
  const ValueId above = of_sign(build, relevance, z, biased(build.add(whole, spread), true), "Greater");
  const ValueId below = of_sign(build, relevance, z, biased(build.sub(whole, spread), false), "Less");
  const ValueId even = transposed_linear(step, linear, build.add(above, below), weight);
  const ValueId odd = transposed_linear(step, linear, build.sub(above, below), size);
  const ValueId sign = build.unary("Sign", x);
  step.give(linear.input,
            build.add(build.mul_scalar(even, 1 + gamma / 2), build.mul(build.mul_scalar(odd, gamma / 2), sign)));
}

Rule linear_rule(const RuleOptions& options) {
  return {"gamma and epsilon rule",
          RuleKind::kPropagates,
          {"MatMul", "Gemm", "Conv", "Einsum"},
          is_linear,
          [options](Step& step) {
            const Linear linear = *linear_at(step.build.graph(), step.node);
            if (!step.wants(linear.input)) return;
            const double gamma = options.gamma.of(role_of(step.build.graph(), step.node, step.forward));
            if (gamma > 0) return gamma_rule(step, linear, gamma);
            const Stabilisers& by = options.epsilon;
            const ValueId g = shrunk(step, step.cotangent(), linear.output, by.linear, by.follows_sign);
            step.give(linear.input, transposed_linear(step, linear, g, step.input(linear.weight)));
          },
          "s = g z / (z + e), s W^T; with gamma: contributions of the output's sign raised"};
}

Rule layer_norm_rule(const Stabilisers& by) {
  return {"layer norm with a constant deviation, stabilised",
          RuleKind::kPropagates,
          {"LayerNormalization"},
          nullptr,
          [by](Step& step) {
            const ValueId g = shrunk(step, step.cotangent(), step.output(), by.layer_norm, by.follows_sign);
            step.replace_cotangent(g);
            operators::layer_normalization_held(step);
          },
          "of g z / (z + e)"};
}

Rule add_rule(const Stabilisers& by) {
  return {"addition, stabilised",
          RuleKind::kPropagates,
          {"Add"},
          [](const Graph& graph, const Node& node) { return !is_bias_add(graph, node); },
          [by](Step& step) {
            const ValueId g = shrunk(step, step.cotangent(), step.output(), by.add, by.follows_sign);
            for (std::size_t i = 0; i < step.input_count(); ++i)
              if (step.wants(i)) step.give_summed(i, g);
          },
          "g z / (z + e) to both"};
}

}  // namespace

ValueId shrunk(Step& step, ValueId cotangent, ValueId z, double epsilon, bool follows_sign) {
  if (epsilon == 0) return cotangent;
  graph::Builder& build = step.build;
  return build.mul(cotangent, build.div(z, stabilise(build, z, epsilon, follows_sign)));
}

std::vector<Rule> rules(const RuleOptions& options) {
  std::vector<Rule> made;
  if (options.gamma.conv > 0 || options.gamma.linear > 0 || options.epsilon.linear > 0)
    made.push_back(linear_rule(options));
  if (options.epsilon.layer_norm > 0) made.push_back(layer_norm_rule(options.epsilon));
  if (options.epsilon.add > 0) made.push_back(add_rule(options.epsilon));
  return made;
}

}  // namespace pellucid::propagate::stabilised
