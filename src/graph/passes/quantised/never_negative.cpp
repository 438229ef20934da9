#include "graph/passes/quantised/never_negative.hpp"

#include <algorithm>
#include <set>

namespace pellucid::graph {
namespace {

constexpr int kDeepest = 16;

bool look(const Graph& graph, ValueId id, int depth);

bool is_one_of(const Node& node, const std::set<std::string>& names) { return names.count(node.op) != 0; }

bool at_least(const Graph& graph, ValueId id, double bound) {
  if (!graph.is_constant(id)) return false;
  const std::vector<double> values = graph.value(id).constant.to_doubles();
  return std::all_of(values.begin(), values.end(), [bound](double value) { return value >= bound; });
}

/// erf(x) + 1 and tanh(x) + 1, parts of Gelu.
bool is_lifted(const Graph& graph, const Node& node) {
  for (std::size_t i = 0; i < 2 && node.op == "Add"; ++i) {
    const Node* from = graph.producer(node.inputs[i]);
    if (from != nullptr && is_one_of(*from, {"Erf", "Tanh"}) && at_least(graph, node.inputs[1 - i], 1)) return true;
  }
  return false;
}

bool is_square(const Graph& graph, const Node& node) {
  double exponent = 0;
  if (node.op == "Mul") return node.inputs[0] == node.inputs[1];
  return node.op == "Pow" && constant_scalar(graph, node.inputs[1], exponent) && exponent == 2;
}

bool look(const Graph& graph, ValueId id, int depth) {
  static const std::set<std::string> kNever = {"Abs",     "Exp",     "ReduceL2", "Relu",
                                               "Sigmoid", "Softmax", "Softplus", "Sqrt"};
  static const std::set<std::string> kAsFirst = {"Expand",    "Flatten",     "Gather",    "GatherElements", "Identity",
                                                 "MaxPool",   "AveragePool", "ReduceMax", "ReduceMean",     "ReduceSum",
                                                 "Reshape",   "Slice",       "Split",     "Squeeze",        "Tile",
                                                 "Transpose", "Unsqueeze"};
  static const std::set<std::string> kAsBoth = {"Add", "Div", "Mul"};
  if (graph.is_constant(id)) return at_least(graph, id, 0);
  const Node* node = graph.producer(id);
  if (node == nullptr || !node->domain.empty() || depth == 0) return false;
  if (is_one_of(*node, kNever) || is_lifted(graph, *node) || is_square(graph, *node)) return true;
  if (is_one_of(*node, kAsFirst)) return look(graph, node->inputs[0], depth - 1);
  if (node->op == "Concat")
    return std::all_of(node->inputs.begin(), node->inputs.end(),
                       [&](ValueId part) { return look(graph, part, depth - 1); });
  if (node->op == "Where") return look(graph, node->inputs[1], depth - 1) && look(graph, node->inputs[2], depth - 1);
  if (node->op == "Cast") return graph.value(node->inputs[0]).type == ElementType::kBool;
  return is_one_of(*node, kAsBoth) && look(graph, node->inputs[0], depth - 1) &&
         look(graph, node->inputs[1], depth - 1);
}

}  // namespace

bool never_negative(const Graph& graph, ValueId id) { return look(graph, id, kDeepest); }

}  // namespace pellucid::graph
