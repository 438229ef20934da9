#include "propagate/linear.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/check.hpp"
#include "propagate/operator_names.hpp"
#include "propagate/roles.hpp"
#include "propagate/rule_sets/held.hpp"

namespace pellucid::propagate {

using graph::Graph;
using graph::kNone;
using graph::Node;
using graph::ValueId;

namespace {

/// Whether a value is a weight, or made of weights alone: the biases of packed queries, keys and values.
bool is_weight(const Graph& graph, ValueId value) {
  if (value == kNone || graph.is_constant(value)) return true;
  const Node* node = graph.producer(value);
  return node != nullptr && !node->inputs.empty() &&
         std::all_of(node->inputs.begin(), node->inputs.end(), [&](ValueId input) { return is_weight(graph, input); });
}

/// Whether a weight has nothing but features: all axes before the last are 1.
bool is_vector(const Graph& graph, ValueId value) {
  const graph::Dims& dims = graph.dims(value);
  const bool flat = !dims.empty() && std::all_of(dims.begin(), dims.end() - 1,
                                                 [](const graph::Dim& dim) { return dim == graph::Dim{}; });
  return flat && is_weight(graph, value);
}

/// The Add that puts a bias on a product, if there is one. Nodes that a walk emitted may read the product, too.
const Node* bias_add_behind(const Graph& graph, ValueId product) {
  const Node* found = nullptr;
  for (const graph::NodeId id : graph.consumers(product)) {
    const Node& reader = graph.node(id);
    if (!is_one_of(reader, {"Add"})) continue;
    const ValueId other = reader.inputs[reader.inputs[0] == product ? 1 : 0];
    const bool fits = is_vector(graph, other) && graph.dims(reader.outputs[0]) == graph.dims(product) &&
                      graph.dims(other).back() == graph.dims(product).back();
    if (!fits) continue;
    if (found != nullptr) return nullptr;
    found = &reader;
  }
  return found;
}

/// Operators that only move values about, or scale them.
const Names kLinearCarriers{"Reshape", "Transpose", "Squeeze",  "Unsqueeze", "Split",   "Slice",
                            "Gather",  "Cast",      "Identity", "Dropout",   "Flatten", "Concat"};

using Forward = const std::set<ValueId>*;

/// The nodes of the forward pass that read a value.
std::vector<const Node*> readers_of(const Graph& graph, ValueId value, Forward forward) {
  std::vector<const Node*> found;
  for (const graph::NodeId id : graph.consumers(value)) {
    const Node& node = graph.node(id);
    const auto leads = [&](ValueId output) { return forward->count(output) != 0; };
    if (forward == nullptr || std::any_of(node.outputs.begin(), node.outputs.end(), leads)) found.push_back(&node);
  }
  return found;
}

/// The first nodes behind a value that do more than carry it: biases and scales are carried, too, and rotations, sums
/// of two values that are both carried from it.
std::vector<const Node*> readers_behind(const Graph& graph, ValueId value, Forward forward) {
  std::vector<const Node*> found;
  std::vector<ValueId> open{value};
  std::set<ValueId> seen;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == kNone || !seen.insert(at).second) continue;
    for (const Node* reader : readers_of(graph, at, forward)) {
      const Node& node = *reader;
      const auto fixed = [&](ValueId input) { return seen.count(input) == 0 && !depends_on_input(graph, input); };
      const bool own = is_one_of(node, {"Add", "Sub"}) && seen.count(node.inputs[0]) + seen.count(node.inputs[1]) == 2;
      const bool scales =
          own || (is_one_of(node, {"Add", "Mul", "Div", "Sub"}) && (fixed(node.inputs[0]) || fixed(node.inputs[1])));
      if (is_one_of(node, kLinearCarriers) || is_one_of(node, {"Neg"}) || scales)
        open.insert(open.end(), node.outputs.begin(), node.outputs.end());
      else
        found.push_back(reader);
    }
  }
  return found;
}

/// The node that made a value, seen through what carries it.
const Node* product_behind(const Graph& graph, ValueId value) {
  const Node* node = graph.producer(value);
  while (node != nullptr && is_one_of(*node, kLinearCarriers)) node = graph.producer(node->inputs[0]);
  return node;
}

/// Whether a weight has one number for each head and feature of `split` [batch, heads, tokens, features] (the axes in
/// any order, the features last), which a linear layer's result without a bias was split into.
bool is_bias_of_heads(const Graph& graph, ValueId weight, ValueId split) {
  const graph::Dims &dims = graph.dims(weight), &all = graph.dims(split);
  if (all.size() < 4 || dims.size() < 2 || dims.back() != all.back() || !is_weight(graph, weight)) return false;
  const auto heads = std::count_if(dims.begin(), dims.end() - 1, [](const graph::Dim& dim) { return dim.size > 1; });
  const Node* product = product_behind(graph, split);
  const auto linear = product == nullptr ? std::nullopt : linear_at(graph, *product);
  if (heads > 1 || !linear || linear->bias != kNone || graph.producer(split) == product) return false;
  return graph.dims(linear->output).back().size % size_of(graph, weight) == 0;
}

/// Whether a sum of two values of the stream lies on a way from here to the model's end.
bool meets_residual(const Graph& graph, ValueId value, Forward forward) {
  std::vector<ValueId> open{value};
  std::set<ValueId> seen;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == kNone || !seen.insert(at).second) continue;
    for (const Node* node : readers_of(graph, at, forward)) {
      if (is_one_of(*node, {"Add"}) && depends_on_input(graph, node->inputs[0]) &&
          depends_on_input(graph, node->inputs[1]))
        return true;
      open.insert(open.end(), node->outputs.begin(), node->outputs.end());
    }
  }
  return false;
}

}  // namespace

std::int64_t size_of(const Graph& graph, ValueId value) {
  std::int64_t size = 1;
  for (const graph::Dim& dim : graph.dims(value)) size *= dim.size;
  return size;
}

std::optional<Linear> linear_at(const Graph& graph, const Node& node) {
  if (!is_one_of(node, {"MatMul", "Gemm", "Conv", "Einsum"}) || node.inputs.size() < 2) return std::nullopt;
  const bool first = depends_on_input(graph, node.inputs[0]), second = depends_on_input(graph, node.inputs[1]);
  const bool either = node.op == "MatMul" || node.op == "Einsum";
  if (first == second || (second && !either)) return std::nullopt;
  Linear linear;
  linear.input = first ? 0 : 1;
  linear.weight = 1 - linear.input;
  linear.output = node.outputs[0];
  if (node.inputs.size() > 2) linear.bias = node.inputs[2];
  if (node.op == "Conv" || linear.bias != kNone) return linear;
  if (const Node* add = bias_add_behind(graph, node.outputs[0])) {
    linear.bias = add->inputs[add->inputs[0] == node.outputs[0] ? 1 : 0];
    linear.output = add->outputs[0];
  }
  return linear;
}

bool is_bias_add(const Graph& graph, const Node& node) {
  if (!is_one_of(node, {"Add"})) return false;
  for (const ValueId input : node.inputs) {
    const ValueId other = node.inputs[input == node.inputs[0] ? 1 : 0];
    if (graph.dims(input) == graph.dims(node.outputs[0]) && is_bias_of_heads(graph, other, input)) return true;
    const Node* product = graph.producer(input);
    if (product == nullptr || !is_one_of(*product, {"MatMul", "Einsum", "Gemm"})) continue;
    const auto linear = linear_at(graph, *product);
    if (linear && linear->output == node.outputs[0]) return true;
  }
  return false;
}

LinearRole role_of(const Graph& graph, const Node& node, const std::set<ValueId>* forward) {
  if (node.op == "Conv") return LinearRole::kConv;
  const auto linear = linear_at(graph, node);
  if (!linear) return LinearRole::kOther;
  if (!meets_residual(graph, linear->output, forward)) return LinearRole::kHead;
  const Node* maker = product_behind(graph, node.inputs[linear->input]);
  const std::vector<const Node*> readers = readers_behind(graph, linear->output, forward);
  const auto multiplies = [&](const Node* reader) { return is_matrix_product(graph, *reader); };
  if ((maker != nullptr && multiplies(maker)) || std::any_of(readers.begin(), readers.end(), multiplies))
    return LinearRole::kAttention;
  const auto gates = [&](const Node* other) { return is_activation(graph, *other) || held::is_product(graph, *other); };
  if ((maker != nullptr && gates(maker)) || std::any_of(readers.begin(), readers.end(), gates)) return LinearRole::kMlp;
  return LinearRole::kOther;
}

ValueId apply_linear(graph::Builder& build, const Node& node, const Linear& linear, ValueId x, ValueId weight) {
  std::vector<ValueId> inputs(2);
  inputs[linear.input] = x;
  inputs[linear.weight] = weight;
  return build.op(node.op, inputs, build.dims(node.outputs[0]), build.type(x), node.attributes);
}

ValueId transposed_linear(const Step& step, const Linear& linear, ValueId cotangent, ValueId weight) {
  Node node = step.node;
  node.inputs.resize(2);
  node.inputs[linear.weight] = weight;
  std::vector<bool> wants(2, false);
  wants[linear.input] = true;
  Step product(step.build, node, step.targets, {cotangent}, wants);
  held::gradient_of(node.op)(product);
  PELLUCID_ASSERT(product.given(linear.input) != kNone);
  return product.given(linear.input);
}

}  // namespace pellucid::propagate
