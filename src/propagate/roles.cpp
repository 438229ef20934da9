#include "propagate/roles.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "propagate/operator_names.hpp"

namespace pellucid::propagate {

using graph::Graph;
using graph::kNone;
using graph::Node;
using graph::ValueId;

namespace {

/// Operators that leave attention's probabilities what they are.
const Names kCarriers{"Cast",    "Identity", "Dropout", "Where", "Reshape",  "Transpose",
                      "Squeeze", "Slice",    "Gather",  "Split", "Unsqueeze"};
const Names kElementwise{"Add",      "Sub",     "Mul",        "Div", "Pow", "Neg",      "Cast",
                         "Identity", "Sigmoid", "Tanh",       "Erf", "Exp", "Softplus", "HardSigmoid",
                         "Clip",     "Sqrt",    "Reciprocal", "Abs", "Max", "Min"};
const Names kActivations{"Celu",      "Elu",      "Erf",      "Gelu", "HardSigmoid",    "HardSwish",
                         "LeakyRelu", "Mish",     "PRelu",    "Relu", "Selu",           "Shrink",
                         "Sigmoid",   "Softplus", "Softsign", "Tanh", "ThresholdedRelu"};
const Names kStatistics{"ReduceMean", "ReduceSum", "ReduceL2", "ReduceSumSquare", "ReduceMax", "Expand"};
/// Optimisers exchange these with a reduction.
const Names kMoves{"Transpose", "Reshape", "Squeeze", "Unsqueeze"};

/// Whether whole numbers come from an input, as token ids do; positions counted off a shape do not.
bool looked_up(const Graph& graph, ValueId indices) {
  std::vector<ValueId> open{indices};
  std::set<ValueId> seen;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == kNone || !seen.insert(at).second) continue;
    if (graph.value(at).kind == graph::ValueKind::kInput) return true;
    const Node* node = graph.producer(at);
    if (node == nullptr || node->op == "Shape" || node->op == "Size") continue;
    open.insert(open.end(), node->inputs.begin(), node->inputs.end());
  }
  return false;
}

/// x behind x · c, x / c, −x and casts, x itself first.
std::vector<ValueId> bases(const Graph& graph, ValueId x) {
  std::vector<ValueId> found{x};
  while (const Node* node = graph.producer(found.back())) {
    if (!is_one_of(*node, {"Mul", "Div", "Neg", "Cast", "Identity"})) break;
    const bool first = depends_on_input(graph, node->inputs[0]);
    const bool second = node->inputs.size() > 1 && depends_on_input(graph, node->inputs[1]);
    if (first == second || (second && node->op == "Div")) break;
    found.push_back(node->inputs[first ? 0 : 1]);
  }
  return found;
}

/// What a value is before its elements are moved; it may be that itself.
ValueId before_moves(const Graph& graph, ValueId value) {
  const Node* node = graph.producer(value);
  for (; node != nullptr && is_one_of(*node, kMoves); node = graph.producer(value)) value = node->inputs[0];
  return value;
}

/// Whether `value` is made of constants and of one of `roots` alone, by these operators.
bool made_from(const Graph& graph, ValueId value, const std::vector<ValueId>& roots, bool statistics) {
  constexpr std::size_t kLongest = 64;
  std::vector<ValueId> open{value};
  std::set<ValueId> seen;
  bool reached = false;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == kNone || !seen.insert(at).second || graph.is_constant(at) || !graph.is_float(at)) continue;
    if (std::find(roots.begin(), roots.end(), at) != roots.end()) {
      reached = true;
      continue;
    }
    const Node* node = graph.producer(at);
    const bool allowed =
        node != nullptr &&
        (is_one_of(*node, kElementwise) || (statistics && (is_one_of(*node, kStatistics) || is_one_of(*node, kMoves))));
    if (!allowed) {
      if (depends_on_input(graph, at)) return false;
      continue;
    }
    if (seen.size() > kLongest) return false;
    open.insert(open.end(), node->inputs.begin(), node->inputs.end());
  }
  return reached;
}

/// The operand of a product that is made from the other; `statistics`: over reductions, too.
bool made_operand(const Graph& graph, const Node& node, bool statistics, std::size_t& made) {
  for (const std::size_t i : {std::size_t{1}, std::size_t{0}}) {
    if (node.op == "Div" && i == 0) continue;
    if (statistics && node.inputs[i] == node.inputs[1 - i]) continue;
    std::vector<ValueId> roots = bases(graph, node.inputs[1 - i]);
    // Of x − mean(x), the statistic may be made from x, too.
    if (const Node* centre = graph.producer(roots.back());
        statistics && centre != nullptr && centre->op == "Sub" &&
        made_from(graph, centre->inputs[1], {centre->inputs[0]}, true))
      roots.push_back(centre->inputs[0]);
    if (statistics) roots.push_back(before_moves(graph, roots.back()));
    if (!made_from(graph, node.inputs[i], roots, statistics)) continue;
    made = i;
    return true;
  }
  return false;
}

/// The node that made a value, seen through what only carries it.
const Node* maker_of(const Graph& graph, ValueId value) {
  const Node* node = graph.producer(value);
  while (node != nullptr && is_one_of(*node, kCarriers)) {
    std::size_t carried = 0;
    if (node->op == "Where") carried = depends_on_input(graph, node->inputs[2]) ? 2 : 1;
    node = graph.producer(node->inputs[carried]);
  }
  return node;
}

}  // namespace

bool depends_on_input(const Graph& graph, ValueId value) {
  std::vector<ValueId> open{value};
  std::set<ValueId> seen;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == kNone || !seen.insert(at).second || !graph.is_float(at)) continue;
    if (graph.value(at).kind == graph::ValueKind::kInput) return true;
    const Node* node = graph.producer(at);
    if (node == nullptr) continue;
    if (is_one_of(*node, {"Gather"}) && graph.is_constant(node->inputs[0]) && looked_up(graph, node->inputs[1]))
      return true;
    open.insert(open.end(), node->inputs.begin(), node->inputs.end());
  }
  return false;
}

bool is_attention_softmax(const Graph& graph, const Node& node) {
  if (!is_one_of(node, {"Softmax"})) return false;
  std::vector<ValueId> open{node.outputs[0]};
  std::set<ValueId> seen;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    for (const graph::NodeId id : graph.consumers(at)) {
      const Node& reader = graph.node(id);
      if (is_one_of(reader, {"MatMul", "Einsum"}) && reader.inputs.size() == 2 &&
          depends_on_input(graph, reader.inputs[reader.inputs[0] == at ? 1 : 0]))
        return true;
      if (!is_one_of(reader, kCarriers)) continue;
      for (const ValueId output : reader.outputs)
        if (output != kNone) open.push_back(output);
    }
  }
  return false;
}

bool is_matrix_product(const Graph& graph, const Node& node) {
  return is_one_of(node, {"MatMul", "Einsum"}) && node.inputs.size() == 2 && depends_on_input(graph, node.inputs[0]) &&
         depends_on_input(graph, node.inputs[1]);
}

bool is_attention_value(const Graph& graph, const Node& node, std::size_t& probabilities) {
  if (!is_one_of(node, {"MatMul", "Einsum"}) || node.inputs.size() != 2) return false;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Node* maker = maker_of(graph, node.inputs[i]);
    if (maker == nullptr || !is_one_of(*maker, {"Softmax"}) || !depends_on_input(graph, node.inputs[1 - i])) continue;
    probabilities = i;
    return true;
  }
  return false;
}

double constant_factor(const Graph& graph, ValueId value) {
  double factor = 1, scalar = 1;
  for (const Node* node = graph.producer(value); node != nullptr; node = graph.producer(value)) {
    std::size_t moving = 0;
    if (is_one_of(*node, {"Mul", "Div"})) {
      if (node->op == "Mul" && graph::constant_scalar(graph, node->inputs[0], scalar))
        moving = 1;
      else if (!graph::constant_scalar(graph, node->inputs[1], scalar))
        return factor;
      factor = node->op == "Mul" ? factor * scalar : factor / scalar;
    } else if (!is_one_of(*node, kCarriers) || node->op == "Where") {
      return factor;
    }
    value = node->inputs[moving];
  }
  return factor;
}

bool is_gated_product(const Graph& graph, const Node& node, std::size_t& gate) {
  if (!is_one_of(node, {"Mul"})) return false;
  std::size_t own = 0;
  if (is_gated_activation(graph, node, own)) return false;
  bool made[2] = {false, false};
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    if (!depends_on_input(graph, node.inputs[i])) return false;
    // Exporters write the half of a tanh GELU last: the gate is a multiple of an activation.
    for (const ValueId base : bases(graph, node.inputs[i])) {
      const Node* maker = maker_of(graph, base);
      made[i] = made[i] || (maker != nullptr && is_activation(graph, *maker));
    }
  }
  gate = made[0] ? 0 : 1;
  return made[0] != made[1];
}

bool is_activation(const Graph& graph, const Node& node) {
  std::size_t gate = 0;
  return is_one_of(node, kActivations) || is_gated_activation(graph, node, gate);
}

bool is_gated_activation(const Graph& graph, const Node& node, std::size_t& gate) {
  return is_one_of(node, {"Mul"}) && made_operand(graph, node, false, gate);
}

bool is_norm(const Graph& graph, const Node& node, std::size_t& statistic) {
  return is_one_of(node, {"Mul", "Div"}) && made_operand(graph, node, true, statistic);
}

}  // namespace pellucid::propagate
