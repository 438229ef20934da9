#include "anatomy/sites.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "anatomy/axes.hpp"
#include "anatomy/plumbing.hpp"
#include "anatomy/token_axis.hpp"
#include "base/check.hpp"

namespace pellucid::anatomy {

using graph::Dims;
using graph::kNone;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

namespace {

constexpr std::array<std::string_view, 19> kOnScores{
    "ScatterND", "Add",     "Cast", "Clip", "Div",  "Expand", "Identity",  "Max",   "Min",      "Mul",
    "Reshape",   "Squeeze", "Sub",  "Sum",  "Tanh", "Neg",    "Transpose", "Where", "Unsqueeze"};
constexpr int kLongestWalk = 12;

/// The last two axes of a value.
std::pair<std::int64_t, std::int64_t> last_two(const graph::Graph& graph, ValueId id) {
  const Dims& dims = graph.dims(id);
  return dims.size() < 2 ? std::pair<std::int64_t, std::int64_t>{0, 0}
                         : std::pair{dims[dims.size() - 2].size, dims.back().size};
}

/// From a Softmax to the product with the values: A is the last tensor before shape-only nodes.
bool follow_probabilities(const Dataflow& flow, ValueId softmax, AttentionSite& site) {
  const graph::Graph& graph = flow.graph();
  ValueId at = softmax;
  site.probabilities = softmax;
  bool reshaped = false;
  for (int step = 0; step < kLongestWalk && at != kNone; ++step) {
    ValueId next = kNone;
    for (const NodeId reader : flow.readers(at)) {
      const Node& node = graph.node(reader);
      if (node.op == "MatMul" && node.inputs[0] == at && node.inputs[1] != at && flow.flows(node.outputs[0])) {
        site.context = node.outputs[0];
        site.v = node.inputs[1];
        return true;
      }
      const bool masked = node.op == "Where" && (node.inputs[1] == at || node.inputs[2] == at);
      const bool passes = is_plumbing(node) && last_two(graph, node.outputs[0]) == last_two(graph, at);
      if (masked || passes) next = node.outputs[0];
      reshaped = reshaped || (passes && graph.rank(node.outputs[0]) != graph.rank(at));
    }
    if (next != kNone && !reshaped) site.probabilities = next;
    at = next;
  }
  return false;
}

/// The product of queries and keys among what the scores are summed from: one of two varying operands where there
/// is one (position terms multiply by a table), else one of a learned probe with keys.
const Node* find_product(const Dataflow& flow, ValueId scores) {
  const graph::Graph& graph = flow.graph();
  std::vector<ValueId> open{scores};
  std::set<ValueId> seen;
  const Node* with_table = nullptr;
  for (std::size_t at = 0; at < open.size(); ++at) {
    const Node* node = graph.producer(open[at]);
    if (node == nullptr || !flow.varies(open[at]) || !seen.insert(open[at]).second) continue;
    if (node->op == "MatMul") {
      if (last_two(graph, open[at]) != last_two(graph, scores)) continue;
      if (flow.varies(node->inputs[0]) && flow.varies(node->inputs[1])) return node;
      if (with_table == nullptr && graph.rank(node->inputs[0]) > 2 && flow.varies(node->inputs[1])) with_table = node;
    } else if (std::find(kOnScores.begin(), kOnScores.end(), node->op) != kOnScores.end()) {
      for (const ValueId from : flow.sources(*node)) open.push_back(from);
    }
  }
  return with_table;
}

/// The keys as stored before the transpose that makes them the right operand.
ValueId before_transpose(const Dataflow& flow, ValueId keys) {
  for (const ValueId at : behind_scales(flow, keys)) {
    const Node* node = flow.graph().producer(at);
    if (node != nullptr && node->op == "Transpose") return node->inputs[0];
  }
  return keys;
}

/// Heads of keys and values before they are repeated for the query heads.
std::int64_t key_value_heads(const Dataflow& flow, ValueId values, std::int64_t heads) {
  for (const ValueId at : behind_plumbing(flow, values)) {
    const Node* node = flow.graph().producer(at);
    if (node == nullptr || node->op != "Expand") continue;
    const Dims &wide = flow.graph().dims(at), &narrow = flow.graph().dims(node->inputs[0]);
    for (std::size_t axis = 0; wide.size() == narrow.size() && axis < wide.size(); ++axis)
      if (wide[axis].size > narrow[axis].size && narrow[axis].size == 1 && heads % wide[axis].size == 0)
        return heads / wide[axis].size;
  }
  return heads;
}

/// The plumbing that makes a value leaves the last axis, the features, alone.
bool keeps_width(const graph::Graph& graph, ValueId id) {
  const Node* node = graph.producer(id);
  if (node == nullptr || graph.dims(node->inputs[0]).empty() || graph.dims(id).empty()) return false;
  if (!(graph.dims(node->inputs[0]).back() == graph.dims(id).back())) return false;
  const std::size_t last = graph.dims(id).size() - 1;
  return node->op != "Transpose" || transposed_axis(graph, *node, last) == last;
}

/// The inputs of the linear layers that a query, key or value tensor is made by, before plumbing: the farthest
/// tensor [batch, tokens, width] where there is one.
void collect_projections(const Dataflow& flow, ValueId id, std::set<ValueId>& seen, std::vector<ValueId>& found) {
  if (!flow.varies(id) || !seen.insert(id).second) return;
  const Node* node = flow.graph().producer(id);
  const ValueId input = node == nullptr ? id : projected(flow, *node);
  if (input == kNone && node->op != "MatMul") {
    for (const ValueId from : flow.sources(*node)) collect_projections(flow, from, seen, found);
    return;
  }
  ValueId origin = input == kNone ? id : input;
  for (const ValueId behind : behind_plumbing(flow, origin)) {
    const bool lists = lists_tokens(flow, behind);
    const bool turned = !lists && flow.has_tokens(behind);  // [batch, width, tokens]
    if (lists) origin = behind;
    if (!turned && !keeps_width(flow.graph(), behind)) break;
  }
  found.push_back(origin);
}

ValueId common_source(const Dataflow& flow, const std::vector<ValueId>& tensors) {
  std::vector<ValueId> found;
  std::set<ValueId> seen;
  for (const ValueId id : tensors) collect_projections(flow, id, seen, found);
  return flow.common_dominator(found);
}

void read_dims(const Dataflow& flow, FoundSite& found) {
  AttentionSite& site = found.site;
  const Dims& dims = flow.graph().dims(site.probabilities);
  const std::size_t rank = dims.size();
  site.queries = dims[rank - 2].size;
  site.keys = dims[rank - 1].size;
  const graph::Dim batch = flow.batch_axis(site.probabilities);
  site.heads_folded = rank == 3;
  site.heads = rank == 3 ? dims[0].size / std::max<std::int64_t>(batch.size, 1) : dims[rank - 3].size;
  site.key_value_heads = key_value_heads(flow, site.v, site.heads);
  const bool one_map = rank == 4 ? dims[0] == batch
                                 : rank == 3 && dims[0].per_batch == batch.per_batch && dims[0].size % batch.size == 0;
  found.whole = one_map && site.queries == site.keys && lists_tokens(flow, found.source) &&
                flow.graph().dims(found.source)[1].size == site.keys;
}

/// Queries and keys, and what they and the values are projected from.
void read_product(const Dataflow& flow, const Node& product, FoundSite& found) {
  found.site.q = product.inputs[0];
  found.site.k = before_transpose(flow, product.inputs[1]);
  found.query_source = common_source(flow, {product.inputs[0]});
  found.key_source = common_source(flow, {product.inputs[1], found.site.v});
  found.source = common_source(flow, {product.inputs[0], product.inputs[1], found.site.v});
}

void judge_self(FoundSite& found) {
  found.site.self = found.query_source != kNone && found.source != kNone &&
                    (found.source == found.key_source || found.source == found.query_source) &&
                    found.site.queries == found.site.keys;
}

/// `id` is the reduction `op` of `of` over its last axis.
bool reduces_last(const Dataflow& flow, ValueId id, std::string_view op, ValueId of) {
  const Node* node = flow.graph().producer(id);
  if (node == nullptr || node->op != op || node->inputs[0] != of) return false;
  const auto axes = named_axes(flow.graph(), *node);
  return axes && axes->size() == 1 && (*axes)[0] + 1 == flow.graph().dims(of).size();
}

/// What a node takes the softmax of over the last axis: a Softmax, or the quotient exp(x − max x) / Σ exp(x − max x)
/// that half-precision exports are folded to; kNone for other nodes.
ValueId softmax_argument(const Dataflow& flow, const Node& node) {
  const graph::Graph& graph = flow.graph();
  if (node.op == "Softmax") {
    const std::int64_t rank = graph.rank(node.inputs[0]);
    const bool last = graph::positive_axis(graph::int_attribute(node, "axis", -1), rank) == rank - 1;
    return last ? node.inputs[0] : kNone;
  }
  if (node.op != "Div" || !reduces_last(flow, node.inputs[1], "ReduceSum", node.inputs[0])) return kNone;
  const Node* power = graph.producer(node.inputs[0]);
  if (power == nullptr || power->op != "Exp") return kNone;
  const Node* shifted = graph.producer(power->inputs[0]);
  const bool stable = shifted != nullptr && shifted->op == "Sub" &&
                      reduces_last(flow, shifted->inputs[1], "ReduceMax", shifted->inputs[0]);
  return stable ? shifted->inputs[0] : power->inputs[0];
}

}  // namespace

std::vector<FoundSite> find_sites(const Dataflow& flow, std::vector<std::string>& evidence) {
  const graph::Graph& graph = flow.graph();
  std::vector<FoundSite> sites;
  for (const NodeId id : flow.order()) {
    const Node& node = graph.node(id);
    const ValueId scores = softmax_argument(flow, node);
    if (scores == kNone && node.op == "Softmax" && flow.flows(node.outputs[0]))
      evidence.push_back(fmt::format("{} is no attention: it doesn't run along the last axis of {}", describe(node),
                                     graph::to_string(graph.dims(node.inputs[0]))));
    if (scores == kNone || !flow.flows(node.outputs[0])) continue;
    FoundSite found;
    found.site.scores = scores;
    if (graph.rank(scores) < 3 || !follow_probabilities(flow, node.outputs[0], found.site)) {
      evidence.push_back(fmt::format("{} is no attention: it is not the left operand of a product", describe(node)));
      continue;
    }
    const Node* product = find_product(flow, found.site.scores);
    if (product == nullptr) {
      evidence.push_back(fmt::format("{} is no attention: no product of queries and keys in it", describe(node)));
      continue;
    }
    read_product(flow, *product, found);
    read_dims(flow, found);
    judge_self(found);
    sites.push_back(found);
  }
  return sites;
}

FoundSite site_at(const Dataflow& flow, ValueId probabilities) {
  const graph::Graph& graph = flow.graph();
  const std::string& name = graph.value(probabilities).name;
  FoundSite found;
  PELLUCID_CHECK(
      graph.rank(probabilities) == 3 || graph.rank(probabilities) == 4, kUsage,
      "'{}' {} holds no attention: probabilities are [batch, heads, queries, keys] or [batch·heads, queries, "
      "keys]",
      name, graph::to_string(graph.dims(probabilities)));
  PELLUCID_CHECK(follow_probabilities(flow, probabilities, found.site) && flow.varies(found.site.v), kUsage,
                 "'{}' holds no attention: no product with values reads it", name);
  const Node* maker = graph.producer(probabilities);
  if (maker != nullptr && !maker->inputs.empty()) found.site.scores = maker->inputs[0];
  const Node* product = found.site.scores == kNone ? nullptr : find_product(flow, found.site.scores);
  if (product != nullptr) {
    read_product(flow, *product, found);
  } else {
    found.key_source = common_source(flow, {found.site.v});
    found.source = found.query_source = common_source(flow, {probabilities, found.site.v});
  }
  read_dims(flow, found);
  judge_self(found);
  return found;
}

}  // namespace pellucid::anatomy
