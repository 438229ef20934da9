#include "propagate/rule_sets/libra.hpp"

#include <set>

#include "propagate/operators/gates.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/operators/operators.hpp"
#include "propagate/operators/rules.hpp"
#include "propagate/roles.hpp"

namespace pellucid::propagate {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

std::function<bool(const Graph&, const Node&)> operator_is(const std::string& op) {
  return [op](const Graph&, const Node& node) { return node.domain.empty() && node.op == op; };
}

/// The cotangent times the operand that stands still, to the other one.
void hold(Step& step, std::size_t held) {
  const std::size_t moving = 1 - held;
  if (!step.wants(moving)) return;
  const ValueId g = step.cotangent(), by = step.input(held);
  step.give_summed(moving, step.node.op == "Div" ? step.build.div(g, by) : step.build.mul(g, by));
}

bool both_depend(const Graph& graph, const Node& node) {
  return depends_on_input(graph, node.inputs[0]) && depends_on_input(graph, node.inputs[1]);
}

Rule attention_rule() {
  return {"attention as a constant", RuleKind::kZero, is_attention_softmax, nullptr,
          "nothing to queries and keys; A itself keeps its cotangent"};
}

Rule layer_norm_rule() {
  return {"layer norm with a constant deviation", RuleKind::kPropagates, operator_is("LayerNormalization"),
          operators::layer_normalization_held, "r (g' - mean(g')), g' = g scale, r = 1 / deviation; the mean moves"};
}

using Finder = bool (*)(const Graph&, const Node&, std::size_t& held);

/// Where `find` names an operand, that one stands still.
Rule holding_rule(const std::string& name, Finder find, const std::string& why) {
  return {name, RuleKind::kPropagates,
          [find](const Graph& graph, const Node& node) {
            std::size_t held = 0;
            return find(graph, node, held);
          },
          [find](Step& step) {
            std::size_t held = 0;
            if (find(step.build.graph(), step.node, held)) hold(step, held);
          },
          why};
}

Rule product_rule() {
  return {"half of a product to each factor", RuleKind::kPropagates,
          [](const Graph& graph, const Node& node) {
            return node.domain.empty() && node.op == "Mul" && both_depend(graph, node);
          },
          [](Step& step) {
            const ValueId half = step.build.mul_scalar(step.cotangent(), 0.5);
            for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
              if (step.wants(i)) step.give_summed(i, step.build.mul(half, step.input(1 - i)));
          },
          "g b / 2 to a, g a / 2 to b"};
}

Rule activation_rule(const std::string& op, RuleFunction apply, const std::string& gate) {
  return {op + " with a constant gate", RuleKind::kPropagates, operator_is(op), std::move(apply), "g " + gate};
}

/// A product or quotient with a constant, and whatever is linear or keeps the scale: the gradient's rule.
bool is_linear(const Graph& graph, const Node& node) {
  static const std::set<std::string> kLinear{"Abs",
                                             "Add",
                                             "AveragePool",
                                             "BatchNormalization",
                                             "Cast",
                                             "Concat",
                                             "Conv",
                                             "CumSum",
                                             "DepthToSpace",
                                             "Dropout",
                                             "Einsum",
                                             "Expand",
                                             "Flatten",
                                             "Gather",
                                             "GatherElements",
                                             "GatherND",
                                             "Gemm",
                                             "GlobalAveragePool",
                                             "GlobalMaxPool",
                                             "Identity",
                                             "LeakyRelu",
                                             "MatMul",
                                             "Max",
                                             "MaxPool",
                                             "Mean",
                                             "Min",
                                             "Neg",
                                             "PRelu",
                                             "Pad",
                                             "ReduceMax",
                                             "ReduceMean",
                                             "ReduceMin",
                                             "ReduceSum",
                                             "Relu",
                                             "Reshape",
                                             "Resize",
                                             "ScatterElements",
                                             "ScatterND",
                                             "Slice",
                                             "SpaceToDepth",
                                             "Split",
                                             "Squeeze",
                                             "Sub",
                                             "Sum",
                                             "Tile",
                                             "Transpose",
                                             "Trilu",
                                             "Unsqueeze",
                                             "Where"};
  if (!node.domain.empty()) return false;
  if (node.op == "Mul") return !both_depend(graph, node);
  if (node.op == "Div") return !depends_on_input(graph, node.inputs[1]);
  // A head's probabilities are explained where the target asks for them: nodes of the user's file have a name.
  if (node.op == "Softmax" || node.op == "LogSoftmax") return node.source.empty() || node.source == "pellucid";
  return kLinear.count(node.op) != 0;
}

void add_gradient_rules(std::vector<Rule>& rules) {
  for (const operators::Gradient& gradient : operators::gradients()) {
    const bool zero = gradient.apply == nullptr;
    Rule rule{"gradient of " + gradient.op, zero ? RuleKind::kZero : RuleKind::kPropagates, nullptr, gradient.apply,
              gradient.formula};
    rule.matches = [op = gradient.op, zero](const Graph& graph, const Node& node) {
      return node.domain.empty() && node.op == op && (zero || is_linear(graph, node));
    };
    rules.push_back(std::move(rule));
  }
}

}  // namespace

RuleSet libra_rule_set() {
  using namespace operators;
  std::vector<Rule> rules{
      attention_rule(),
      layer_norm_rule(),
      holding_rule("activation with a constant gate", is_gated_activation, "x s(x): g s to x"),
      holding_rule("norm with a constant statistic", is_norm, "x n(x) or x / n(x): g n or g / n to x"),
      product_rule(),
      activation_rule("Gelu", gate::gelu, "(1 + erf(x / sqrt(2))) / 2, or the tanh form's"),
      activation_rule("HardSwish", gate::hard_swish, "(x / 6 + 1/2 between 0 and 1)"),
      activation_rule("Mish", gate::mish, "tanh(softplus(x))"),
      activation_rule("Tanh", gate::quotient, "tanh(x) / x"),
      activation_rule("Sin", gate::quotient, "sin(x) / x"),
  };
  add_gradient_rules(rules);
  return {"libra", std::move(rules)};
}

}  // namespace pellucid::propagate
