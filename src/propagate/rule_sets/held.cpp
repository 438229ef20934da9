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
Rule holding_rule(const std::string& name, std::vector<std::string> operators, Finder find, const std::string& why) {
  return {name,
          RuleKind::kPropagates,
          std::move(operators),
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
  return {op + " with a constant gate", RuleKind::kPropagates, {op}, nullptr, std::move(apply), "g " + gate};
}

/// Linear in the input, or scaled with it.
const std::set<std::string> kLinear{"Abs",
                                    "Add",
                                    "AveragePool",
                                    "BatchNormalization",
                                    "Cast",
                                    "CastLike",
                                    "Concat",
                                    "Conv",
                                    "ConvTranspose",
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
                                    "GlobalLpPool",
                                    "GlobalMaxPool",
                                    "Identity",
                                    "LeakyRelu",
                                    "LpPool",
                                    "MatMul",
                                    "Max",
                                    "MaxPool",
                                    "Mean",
                                    "Min",
                                    "Neg",
                                    "OneHot",
                                    "PRelu",
                                    "Pad",
                                    "ReduceMax",
                                    "ReduceMean",
                                    "ReduceMin",
                                    "ReduceSum",
                                    "Relu",
                                    "Reshape",
                                    "Resize",
                                    "ReverseSequence",
                                    "ScatterElements",
                                    "ScatterND",
                                    "Slice",
                                    "SpaceToDepth",
                                    "Split",
                                    "Squeeze",
                                    "Sub",
                                    "Sum",
                                    "ThresholdedRelu",
                                    "Tile",
                                    "TopK",
                                    "Transpose",
                                    "Trilu",
                                    "Unsqueeze",
                                    "Where"};
/// Linear where one operand is a constant, or where the target asks for a head's probabilities.
const std::set<std::string> kLinearSometimes{"Div", "LogSoftmax", "Mul", "Softmax"};

/// A product or quotient with a constant, and a head's probabilities.
bool is_linear_here(const Graph& graph, const Node& node) {
  if (node.op == "Mul") return !is_product(graph, node);
  if (node.op == "Div") return !depends_on_input(graph, node.inputs[1]);
  // A head's probabilities are explained where the target asks for them: nodes of the user's file have a name.
  return node.source.empty() || node.source == "pellucid";
}

const operators::Gradient& gradient_for(const std::string& op) {
  const auto& all = operators::gradients();
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& gradient) { return gradient.op == op; });
  PELLUCID_ASSERT(at != all.end());
  return *at;
}

Rule gradient_rule(const operators::Gradient& gradient, Match matches = nullptr) {
  const RuleKind kind = gradient.apply == nullptr ? RuleKind::kZero : RuleKind::kPropagates;
  return {
      "gradient of " + gradient.op, kind, {gradient.op}, std::move(matches), gradient.apply, gradient.formula, true};
}

}  // namespace

bool is_product(const Graph& graph, const Node& node) {
  return node.domain.empty() && node.op == "Mul" && depends_on_input(graph, node.inputs[0]) &&
         depends_on_input(graph, node.inputs[1]);
}

RuleFunction gradient_of(const std::string& op) { return gradient_for(op).apply; }

void add(std::vector<Rule>& rules, std::vector<Rule> more) {
  rules.insert(rules.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Rule attention() {
  return {"attention as a constant", RuleKind::kZero, {"Softmax"},
          is_attention_softmax,      nullptr,         "nothing to queries and keys; A itself keeps its cotangent"};
}

std::vector<Rule> norms() {
  using namespace operators;
  const auto norm = [](std::vector<std::string> names, RuleFunction apply, const std::string& why) {
    return Rule{
        "norm with a constant deviation", RuleKind::kPropagates, std::move(names), nullptr, std::move(apply), why};
  };
  return {
      {"layer norm with a constant deviation",
       RuleKind::kPropagates,
       {"LayerNormalization"},
       nullptr,
       layer_normalization_held,
       "r (g' - mean(g')), g' = g scale, r = 1 / deviation; the mean moves"},
      norm({"GroupNormalization", "InstanceNormalization"}, group_normalization_held,
           "r (g' - mean(g')), g' = g scale, r = 1 / deviation; the mean moves"),
      norm({"MeanVarianceNormalization"}, mean_variance_normalization_held, "r (g - mean(g)); the mean moves"),
      norm({"LpNormalization"}, lp_normalization_held, "g / norm(x)"),
      holding_rule("norm with a constant statistic", {"Mul", "Div"}, is_norm, "x n(x) or x / n(x): g n or g / n to x")};
}

std::vector<Rule> activations() {
  using namespace operators;
  std::vector<Rule> rules{
      holding_rule("activation with a constant gate", {"Mul"}, is_gated_activation, "x s(x): g s to x"),
      activation_rule("Gelu", gate::gelu, "(1 + erf(x / sqrt(2))) / 2, or the tanh form's"),
      activation_rule("HardSwish", gate::hard_swish, "(x / 6 + 1/2 between 0 and 1)"),
      activation_rule("Mish", gate::mish, "tanh(softplus(x))"),
      activation_rule("Softsign", gate::softsign, "1 / (1 + |x|)"),
      activation_rule("Shrink", gate::shrink, "y / x where |x| > lambd, else 0"),
      activation_rule("Elu", gate::exponential_unit, "y / x"),
      activation_rule("Selu", gate::exponential_unit, "y / x")};
  for (const char* op : {"Tanh", "Sin", "Asin", "Asinh", "Atan", "Atanh", "Celu", "Sinh", "Tan"})
    rules.push_back(activation_rule(op, gate::quotient, "y / x"));
  return rules;
}

Rule halved_product() {
  return {"half of a product to each factor",
          RuleKind::kPropagates,
          {"Mul"},
          is_product,
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
    rules.push_back(gradient_rule(
        gradient_for(op), [](const Graph& graph, const Node& node) { return !is_attention_softmax(graph, node); }));
  return rules;
}

std::vector<Rule> zeros() {
  std::vector<Rule> rules;
  for (const operators::Gradient& gradient : operators::gradients())
    if (gradient.apply == nullptr) rules.push_back(gradient_rule(gradient));
  return rules;
}

std::vector<Rule> linear_operators() {
  std::vector<Rule> rules = zeros();
  for (const operators::Gradient& gradient : operators::gradients()) {
    if (kLinear.count(gradient.op) != 0) rules.push_back(gradient_rule(gradient));
    if (kLinearSometimes.count(gradient.op) != 0) rules.push_back(gradient_rule(gradient, is_linear_here));
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
       {"Gelu", "HardSwish", "Mish", "Tanh",  "Sin",  "Sigmoid", "Erf",    "Elu",  "Softplus", "HardSigmoid", "Pow",
        "Asin", "Asinh",     "Atan", "Atanh", "Celu", "Selu",    "Shrink", "Sinh", "Softsign", "Tan"})
    rules.push_back(gradient_rule(gradient_for(op)));
  return rules;
}

}  // namespace pellucid::propagate::held
