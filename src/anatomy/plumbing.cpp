#include "anatomy/plumbing.hpp"

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

constexpr std::array<std::string_view, 10> kPlumbing{"Cast",    "Dropout", "Flatten",   "Identity",  "Pad",
                                                     "Reshape", "Squeeze", "Transpose", "Unsqueeze", "Expand"};
constexpr std::array<std::string_view, 7> kNorms{
    "BatchNormalization", "GroupNormalization", "InstanceNormalization",       "LayerNormalization",
    "LpNormalization",    "RMSNormalization",   "SimplifiedLayerNormalization"};
constexpr std::array<std::string_view, 10> kNormPieces{"Add", "Cast", "Div",        "Mul",        "Pow",
                                                       "Sub", "Sqrt", "Reciprocal", "ReduceMean", "Neg"};

/// The one value that a Concat of Slices rolls around, or kNone.
ValueId rolled(const Dataflow& flow, const Node& concat) {
  ValueId whole = kNone;
  for (const ValueId part : concat.inputs) {
    const Node* slice = flow.graph().producer(part);
    if (slice == nullptr || slice->op != "Slice") return kNone;
    if (whole != kNone && slice->inputs[0] != whole) return kNone;
    whole = slice->inputs[0];
  }
  const bool same = whole != kNone && flow.graph().dims(whole) == flow.graph().dims(concat.outputs[0]);
  return same ? whole : kNone;
}

ValueId one_behind(const Dataflow& flow, ValueId id, bool through_scales) {
  const Node* node = flow.graph().producer(id);
  if (node == nullptr) return kNone;
  if (is_plumbing(*node)) return node->inputs[0];
  if (node->op == "Concat") return rolled(flow, *node);
  const std::vector<ValueId> from = flow.sources(*node);
  if (through_scales && (node->op == "Mul" || node->op == "Div") && from.size() == 1) return from[0];
  return kNone;
}

std::vector<ValueId> behind(const Dataflow& flow, ValueId id, bool through_scales) {
  std::vector<ValueId> chain;
  for (; id != kNone && flow.varies(id); id = one_behind(flow, id, through_scales)) chain.push_back(id);
  return chain;
}

/// Every other operand of the node that makes `id` is computed from `from`, or doesn't vary.
bool made_of(const Dataflow& flow, ValueId id, ValueId from) {
  const std::vector<ValueId> sources = flow.sources(id);
  return std::all_of(sources.begin(), sources.end(), [&](ValueId source) { return flow.dominates(from, source); });
}

}  // namespace

bool is_plumbing(const Node& node) { return listed(kPlumbing, node.op); }

bool is_elementwise(const Dataflow& flow, const Node& node) {
  const std::vector<ValueId> from = flow.sources(node);
  return from.size() == 1 && !node.outputs.empty() && flow.graph().dims(node.outputs[0]) == flow.graph().dims(from[0]);
}

ValueId projected(const Dataflow& flow, const Node& node) {
  if (node.op != "MatMul" && node.op != "Gemm" && node.op != "Conv") return kNone;
  const bool first = flow.varies(node.inputs[0]), second = flow.varies(node.inputs[1]);
  if (first == second) return kNone;
  return node.inputs[first ? 0 : 1];
}

std::vector<ValueId> joined(const Dataflow& flow, ValueId sum) {
  const Node* node = flow.graph().producer(sum);
  if (node == nullptr || (node->op != "Add" && node->op != "Sum") || node->inputs.size() != 2) return {};
  if (!flow.varies(node->inputs[0]) || !flow.varies(node->inputs[1])) return {};
  return node->inputs;
}

std::vector<ValueId> behind_plumbing(const Dataflow& flow, ValueId id) { return behind(flow, id, false); }

std::vector<ValueId> behind_scales(const Dataflow& flow, ValueId id) { return behind(flow, id, true); }

ValueId normalised(const Dataflow& flow, ValueId id) {
  bool reduced = false;
  ValueId result = kNone;
  for (ValueId at = flow.next_cut(id); at != kNone && made_of(flow, at, id); at = flow.next_cut(at)) {
    const Node& node = *flow.graph().producer(at);
    if (listed(kNorms, node.op)) return reduced ? result : at;
    if (is_plumbing(node) && result == kNone && !reduced) continue;
    if (!listed(kNormPieces, node.op) || !joined(flow, at).empty()) break;
    for (const ValueId source : flow.sources(node))
      reduced = reduced || flow.sources(source).size() > 1 || flow.graph().dims(source) != flow.graph().dims(at);
    if (reduced && (node.op == "Div" || result != kNone || node.op == "Mul")) result = at;
  }
  return result;
}

}  // namespace pellucid::anatomy
