#include "methods/totals.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <pellucid/error.hpp>

#include "methods/place.hpp"
#include "propagate/linear.hpp"
#include "propagate/roles.hpp"

namespace pellucid::methods {
namespace {

using graph::ValueId;

/// Σ over everything but targets and samples of what stands at a value: [K, B]. kNone where its samples can't be told.
ValueId sum_per_sample(Context& context, ValueId value, ValueId cotangent) {
  graph::Builder& build = context.build;
  const Place place = place_of(build.graph(), value, build.dims(context.stream.tokens)[0], context.tokens());
  if (!place.samples_known) return graph::kNone;
  cotangent = unfolded(build, cotangent, place);
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 1; axis < build.rank(cotangent); ++axis)
    if (axis != static_cast<std::int64_t>(place.sample_axis)) axes.push_back(axis);
  return axes.empty() ? cotangent : build.reduce_sum(cotangent, axes, false);
}

/// Adds, unless something is missing: then the sum is, too.
struct Sum {
  ValueId value = graph::kNone;
  bool whole = true;

  void add(Context& context, ValueId more) {
    whole = whole && more != graph::kNone;
    if (whole) value = context.plus(value, more);
  }
};

ValueId of_bias(Context& context, const Bias& bias) {
  const ValueId share = context.build.mul(context.relevance(bias.output), aligned(context.build, bias));
  const ValueId sum = sum_per_sample(context, bias.output, share);
  return sum == graph::kNone ? sum : context.build.mul_scalar(sum, bias.factor);
}

/// The sum that is kept at the input of block l; `behind` gains the biases of the block. kNone where it can't be told.
ValueId total_at(Context& context, std::int64_t l, const std::string& rules, const std::vector<Bias>& biases,
                 Sum& behind) {
  const ValueId input = context.block(l).input;
  if (rules == "chefer") return sum_per_sample(context, input, context.relevance(input));
  const bool last = l == context.blocks() - 1;
  for (const Bias& bias : biases)
    if ((bias.blocks == l + 1 || (last && bias.blocks > l)) && context.passed(bias.output))
      behind.add(context, of_bias(context, bias));
  Sum total = behind;
  total.add(context, sum_per_sample(context, input, context.build.mul(context.relevance(input), input)));
  return total.whole ? total.value : graph::kNone;
}

constexpr double kHidden = 1e4;

/// 0 where tokens may look, and next to −∞ elsewhere.
bool is_mask(const Tensor& constant) {
  const std::vector<double> values = constant.to_doubles();
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0 || value <= -kHidden; });
}

/// A factor or a term that makes scores next to −∞.
bool is_hidden(const Tensor& constant) {
  const std::vector<double> values = constant.to_doubles();
  return std::any_of(values.begin(), values.end(), [](double value) { return std::abs(value) >= kHidden; });
}

/// Whether a number that hides tokens is among what makes a value.
bool hides_tokens(const graph::Graph& graph, ValueId value) {
  std::vector<ValueId> open{value};
  std::set<ValueId> seen;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (at == graph::kNone || !graph.is_float(at) || !seen.insert(at).second) continue;
    if (graph.is_constant(at) && is_hidden(graph.value(at).constant)) return true;
    if (const graph::Node* node = graph.producer(at)) open.insert(open.end(), node->inputs.begin(), node->inputs.end());
  }
  return false;
}

/// What an Add gives to an operand that nothing is read of: masks get nothing, positions do, be they weights or counted
/// off the mask.
bool takes_a_share(const graph::Graph& graph, ValueId operand) {
  if (graph.is_constant(operand)) return !is_mask(graph.value(operand).constant);
  const graph::Node* node = graph.producer(operand);
  if (node != nullptr && node->op == "Add")
    return takes_a_share(graph, node->inputs[0]) || takes_a_share(graph, node->inputs[1]);
  return !hides_tokens(graph, operand);
}

/// A product with a table for each head, as relative positions have it: among so few features none may contribute with
/// the sign that chefer's rule passes, and what arrives there is lost.
bool may_lack_contributions(const graph::Graph& graph, const graph::Node& node) {
  constexpr std::int64_t kFewFeatures = 32;
  const auto linear = propagate::linear_at(graph, node);
  if (!linear || node.op != "MatMul") return false;
  const graph::Dims& weight = graph.dims(node.inputs[linear->weight]);
  return weight.size() > 2 && weight[weight.size() - (linear->weight == 1 ? 2 : 1)].size < kFewFeatures;
}

/// Nodes behind the lowest block input that the walk passed: what it does below isn't part of the totals.
std::set<graph::NodeId> counted_nodes(const Context& context) {
  const graph::Graph& graph = context.build.graph();
  std::set<ValueId> behind;
  for (std::int64_t l = 0; l < context.blocks() && behind.empty(); ++l)
    if (context.passed(context.block(l).input)) behind.insert(context.block(l).input);
  std::set<graph::NodeId> nodes;
  for (const graph::NodeId id : graph.order()) {
    const graph::Node& node = graph.node(id);
    if (std::none_of(node.inputs.begin(), node.inputs.end(), [&](ValueId input) { return behind.count(input) != 0; }))
      continue;
    behind.insert(node.outputs.begin(), node.outputs.end());
    nodes.insert(id);
  }
  return nodes;
}

}  // namespace

bool loses_relevance(const Context& context) {
  const graph::Graph& graph = context.build.graph();
  const std::set<graph::NodeId> counted = counted_nodes(context);
  for (const graph::NodeId id : context.walked()) {
    if (counted.count(id) == 0) continue;
    const graph::Node& node = graph.node(id);
    const bool product = node.op == "MatMul" || node.op == "Einsum";
    if (may_lack_contributions(graph, node)) return true;
    if (node.inputs.size() != 2 || (!product && node.op != "Add")) continue;
    for (const ValueId input : node.inputs) {
      if (context.passed(input)) continue;
      if (product && propagate::depends_on_input(graph, input)) return true;
      if (!product && !propagate::is_bias_add(graph, node) && takes_a_share(graph, input)) return true;
    }
  }
  return false;
}

bool keeps_total(const std::string& rules) { return rules == "libra" || rules == "chefer"; }

std::optional<std::vector<Bias>> countable_biases(const Context& context) {
  try {
    return find_biases(context, "fullgrad-plus");
  } catch (const Error&) {
    return std::nullopt;
  }
}

ValueId totals(Context& context, const std::string& rules, const std::vector<Bias>& biases) {
  Sum behind;
  std::vector<ValueId> columns;
  for (std::int64_t l = context.blocks() - 1; l >= 0 && context.passed(context.block(l).input); --l) {
    const ValueId total = total_at(context, l, rules, biases, behind);
    if (total == graph::kNone) return graph::kNone;
    columns.insert(columns.begin(), context.build.unsqueeze(total, -1));
  }
  if (columns.empty()) return graph::kNone;
  return columns.size() == 1 ? columns.front() : context.build.concat(columns, -1);
}

}  // namespace pellucid::methods
