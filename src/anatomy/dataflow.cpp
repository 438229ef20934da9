#include "anatomy/dataflow.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "anatomy/listed.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::Node;
using graph::NodeId;
using graph::ValueId;

namespace {

constexpr std::array<std::string_view, 5> kNoData{"ConstantOfShape", "EyeLike", "Range", "Shape", "Size"};
constexpr std::array<std::string_view, 25> kFirstInputOnly{
    "Clip",         "CumSum",     "Dropout",    "Expand",
    "OneHot",       "Pad",        "ReduceL1",   "ReduceL2",
    "ReduceLogSum", "ReduceMax",  "ReduceMean", "ReduceLogSumExp",
    "ReduceMin",    "ReduceProd", "ReduceSum",  "ReduceSumSquare",
    "Reshape",      "Resize",     "Slice",      "Split",
    "Squeeze",      "Tile",       "TopK",       "Trilu",
    "Unsqueeze"};
constexpr std::size_t kOriginBits = 64;

}  // namespace

std::vector<std::size_t> data_inputs(const Node& node) {
  if (listed(kNoData, node.op)) return {};
  const std::size_t count =
      listed(kFirstInputOnly, node.op) ? std::min<std::size_t>(1, node.inputs.size()) : node.inputs.size();
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < count; ++i)
    if (node.inputs[i] != kNone) found.push_back(i);
  return found;
}

Dataflow::Dataflow(const graph::Graph& graph, ValueId logits) : graph_(graph), logits_(logits), order_(graph.order()) {
  index_readers();
  find_flow();
  find_dominators();
  find_cuts();
}

std::int64_t Dataflow::position(ValueId id) const {
  const NodeId producer = graph_.value(id).producer;
  return producer == kNone ? -1 : position_[static_cast<std::size_t>(producer)];
}

std::vector<ValueId> Dataflow::sources(const Node& node) const {
  std::vector<ValueId> found;
  for (const std::size_t i : data_inputs(node)) {
    const ValueId id = node.inputs[i];
    if (varies(id) && std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
  }
  return found;
}

std::vector<ValueId> Dataflow::sources(ValueId id) const {
  const Node* producer = graph_.producer(id);
  return producer == nullptr ? std::vector<ValueId>{} : sources(*producer);
}

void Dataflow::index_readers() {
  position_.assign(graph_.node_count(), -1);
  readers_.resize(graph_.value_count());
  for (std::size_t at = 0; at < order_.size(); ++at) {
    position_[static_cast<std::size_t>(order_[at])] = static_cast<std::int64_t>(at);
    const Node& node = graph_.node(order_[at]);
    for (const std::size_t i : data_inputs(node)) {
      auto& readers = readers_[index(node.inputs[i])];
      if (readers.empty() || readers.back() != order_[at]) readers.push_back(order_[at]);
    }
  }
}

void Dataflow::find_flow() {
  varies_.assign(graph_.value_count(), 0);
  flows_.assign(graph_.value_count(), 0);
  origins_.assign(graph_.value_count(), 0);
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
    varies_[index(graph_.inputs[i])] = 1;
    origins_[index(graph_.inputs[i])] = std::uint64_t{1} << std::min(i, kOriginBits - 1);
  }
  for (const NodeId id : order_) {
    std::uint64_t origins = 0;
    for (const ValueId from : sources(graph_.node(id))) origins |= origins_[index(from)];
    for (const ValueId output : graph_.node(id).outputs)
      if (output != kNone) {
        varies_[index(output)] = origins != 0;
        origins_[index(output)] = origins;
      }
  }
  if (logits_ == kNone || !varies(logits_)) return;
  flows_[index(logits_)] = 1;
  for (auto id = order_.rbegin(); id != order_.rend(); ++id) {
    const Node& node = graph_.node(*id);
    const bool needed =
        std::any_of(node.outputs.begin(), node.outputs.end(), [this](ValueId output) { return flows(output); });
    if (!needed) continue;
    for (const ValueId from : sources(node)) flows_[index(from)] = 1;
  }
}

ValueId Dataflow::meet(ValueId a, ValueId b, const std::vector<ValueId>& parent,
                       const std::vector<std::int32_t>& depth) {
  while (a != b) {
    if (a == kNone || b == kNone) return kNone;
    if (depth[index(a)] >= depth[index(b)])
      a = parent[index(a)];
    else
      b = parent[index(b)];
  }
  return a;
}

void Dataflow::find_dominators() {
  dominator_.assign(graph_.value_count(), kNone);
  dominator_depth_.assign(graph_.value_count(), 0);
  for (const NodeId id : order_) {
    const Node& node = graph_.node(id);
    const std::vector<ValueId> from = sources(node);
    if (from.empty()) continue;
    ValueId gate = from.front();
    for (const ValueId other : from) gate = meet(gate, other, dominator_, dominator_depth_);
    for (const ValueId output : node.outputs) {
      if (output == kNone) continue;
      dominator_[index(output)] = gate;
      dominator_depth_[index(output)] = gate == kNone ? 0 : dominator_depth_[index(gate)] + 1;
    }
  }
}

void Dataflow::find_cuts() {
  next_cut_.assign(graph_.value_count(), kNone);
  cut_depth_.assign(graph_.value_count(), 0);
  const auto settle = [this](ValueId id) {
    if (id == kNone || id == logits_ || !flows(id)) return;
    ValueId gate = kNone;
    bool first = true;
    for (const NodeId reader : readers_[index(id)])
      for (const ValueId output : graph_.node(reader).outputs) {
        if (!flows(output)) continue;
        gate = first ? output : meet(gate, output, next_cut_, cut_depth_);
        first = false;
      }
    next_cut_[index(id)] = gate;
    cut_depth_[index(id)] = gate == kNone ? 0 : cut_depth_[index(gate)] + 1;
  };
  for (auto id = order_.rbegin(); id != order_.rend(); ++id)
    for (const ValueId output : graph_.node(*id).outputs) settle(output);
  for (const ValueId input : graph_.inputs) settle(input);
}

bool Dataflow::dominates(ValueId gate, ValueId id) const {
  while (id != kNone && id != gate && dominator_depth_[index(id)] > dominator_depth_[index(gate)])
    id = dominator_[index(id)];
  return id == gate;
}

bool Dataflow::post_dominates(ValueId gate, ValueId id) const {
  if (!flows(gate) || !flows(id)) return false;
  while (id != kNone && id != gate && cut_depth_[index(id)] > cut_depth_[index(gate)]) id = next_cut_[index(id)];
  return id == gate;
}

ValueId Dataflow::common_dominator(const std::vector<ValueId>& ids) const {
  if (ids.empty()) return kNone;
  ValueId gate = ids.front();
  for (const ValueId id : ids) gate = meet(gate, id, dominator_, dominator_depth_);
  return gate;
}

std::vector<ValueId> Dataflow::origins(ValueId id) const {
  std::vector<ValueId> found;
  for (std::size_t i = 0; i < graph_.inputs.size(); ++i)
    if ((origins_[index(id)] >> std::min(i, kOriginBits - 1)) & 1U) found.push_back(graph_.inputs[i]);
  return found;
}

graph::Dim Dataflow::batch_axis(ValueId id) const {
  for (const ValueId input : origins(id))
    if (graph_.rank(input) > 0) return graph_.dims(input)[0];
  return {};
}

bool Dataflow::has_tokens(ValueId id) const {
  if (id == kNone || graph_.rank(id) != 3 || !graph_.is_float(id) || !varies(id)) return false;
  const graph::Dims& dims = graph_.dims(id);
  return dims[0] == batch_axis(id) && !dims[1].per_batch && !dims[2].per_batch;
}

}  // namespace pellucid::anatomy
