#include "propagate/rule_sets/held.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/check.hpp"
#include "propagate/operators/gates.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/operators/operators.hpp"
#include "propagate/operators/rules.hpp"
#include "propagate/roles.hpp"

namespace pellucid::propagate::held {

using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

/// The cotangent times the operand that stands still, to the other one.
void hold(Step& step, std::size_t held) {
  const std::size_t moving = 1 - held;
  if (!step.wants(moving)) return;
  const ValueId g = step.cotangent(), by = step.input(held);
  step.give_summed(moving, step.node.op == "Div" ? step.build.div(g, by) : step.build.mul(g, by));
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

Rule activation_rule(const std::string& op, RuleFunction apply, const std::string& gate) {
  return {op + " with a constant gate", RuleKind::kPropagates, operator_is(op), std::move(apply), "g " + gate};
}

/// Linear in the input, or scaled with it.
const std::set<std::string> kLinear{"Abs",
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

/// A product or quotient with a constant, and whatever is linear or keeps the scale: the gradient's rule.
bool is_linear(const Graph& graph, const Node& node) {
  if (!node.domain.empty()) return false;
  if (node.op == "Mul") return !is_product(graph, node);
  if (node.op == "Div") return !depends_on_input(graph, node.inputs[1]);
  // A head's probabilities are explained where the target asks for them: nodes of the user's file have a name.
  if (node.op == "Softmax" || node.op == "LogSoftmax") return node.source.empty() || node.source == "pellucid";
  return kLinear.count(node.op) != 0;
}

const operators::Gradient& gradient_for(const std::string& op) {
  const auto& all = operators::gradients();
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& gradient) { return gradient.op == op; });
  PELLUCID_ASSERT(at != all.end());
  return *at;
}

Rule gradient_rule(const operators::Gradient& gradient, Match matches) {
  return {"gradient of " + gradient.op, gradient.apply == nullptr ? RuleKind::kZero : RuleKind::kPropagates,
          std::move(matches), gradient.apply, gradient.formula};
}

}  // namespace

Match operator_is(const std::string& op) {
  return [op](const Graph&, const Node& node) { return node.domain.empty() && node.op == op; };
}

bool is_product(const Graph& graph, const Node& node) {
  return node.domain.empty() && node.op == "Mul" && depends_on_input(graph, node.inputs[0]) &&
         depends_on_input(graph, node.inputs[1]);
}

RuleFunction gradient_of(const std::string& op) { return gradient_for(op).apply; }

void add(std::vector<Rule>& rules, std::vector<Rule> more) {
  rules.insert(rules.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Rule attention() {
  return {"attention as a constant", RuleKind::kZero, is_attention_softmax, nullptr,
          "nothing to queries and keys; A itself keeps its cotangent"};
}

std::vector<Rule> norms() {
  return {{"layer norm with a constant deviation", RuleKind::kPropagates, operator_is("LayerNormalization"),
           operators::layer_normalization_held, "r (g' - mean(g')), g' = g scale, r = 1 / deviation; the mean moves"},
          holding_rule("norm with a constant statistic", is_norm, "x n(x) or x / n(x): g n or g / n to x")};
}

std::vector<Rule> activations() {
  using namespace operators;
  return {holding_rule("activation with a constant gate", is_gated_activation, "x s(x): g s to x"),
          activation_rule("Gelu", gate::gelu, "(1 + erf(x / sqrt(2))) / 2, or the tanh form's"),
          activation_rule("HardSwish", gate::hard_swish, "(x / 6 + 1/2 between 0 and 1)"),
          activation_rule("Mish", gate::mish, "tanh(softplus(x))"),
          activation_rule("Tanh", gate::quotient, "tanh(x) / x"),
          activation_rule("Sin", gate::quotient, "sin(x) / x")};
}

Rule halved_product() {
  return {"half of a product to each factor", RuleKind::kPropagates, is_product,
          [](Step& step) {
            const ValueId half = step.build.mul_scalar(step.cotangent(), 0.5);
            for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
              if (step.wants(i)) step.give_summed(i, step.build.mul(half, step.input(1 - i)));
          },
          "g b / 2 to a, g a / 2 to b"};
}

std::vector<Rule> head_probabilities() {
  std::vector<Rule> rules;
  for (const char* op : {"Softmax", "LogSoftmax"})
    rules.push_back(gradient_rule(gradient_for(op), [op](const Graph& graph, const Node& node) {
      return node.domain.empty() && node.op == op && !is_attention_softmax(graph, node);
    }));
  return rules;
}

std::vector<Rule> zeros() {
  std::vector<Rule> rules;
  for (const operators::Gradient& gradient : operators::gradients())
    if (gradient.apply == nullptr) rules.push_back(gradient_rule(gradient, operator_is(gradient.op)));
  return rules;
}

std::vector<Rule> linear_operators() {
  std::vector<Rule> rules = zeros();
  for (const operators::Gradient& gradient : operators::gradients()) {
    if (gradient.apply == nullptr) continue;
    rules.push_back(gradient_rule(gradient, [op = gradient.op](const Graph& graph, const Node& node) {
      return node.domain.empty() && node.op == op && is_linear(graph, node);
    }));
  }
  return rules;
}

std::vector<Rule> gradient_activations() {
  std::vector<Rule> rules;
  rules.push_back(gradient_rule(gradient_for("Mul"), [](const Graph& graph, const Node& node) {
    std::size_t gate = 0;
    return is_gated_activation(graph, node, gate);
  }));
  for (const char* op :
       {"Gelu", "HardSwish", "Mish", "Tanh", "Sin", "Sigmoid", "Erf", "Elu", "Softplus", "HardSigmoid", "Pow"})
    rules.push_back(gradient_rule(gradient_for(op), operator_is(op)));
  return rules;
}

}  // namespace pellucid::propagate::held
