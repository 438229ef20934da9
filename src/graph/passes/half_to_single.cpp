#include "graph/builder.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::graph {
namespace {

constexpr std::int64_t kFloatCode = 1, kHalfCode = 10, kBrainCode = 16;

bool is_half(ElementType type) { return type == ElementType::kFloat16 || type == ElementType::kBFloat16; }

/// float32 to float32: readers take the operand.
int drop_casts(Graph& graph) {
  int dropped = 0;
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const Node& node = graph.node(static_cast<NodeId>(n));
    if (node.removed || node.op != "Cast" || graph.value(node.inputs[0]).type != graph.value(node.outputs[0]).type)
      continue;
    const ValueId from = node.inputs[0], to = node.outputs[0];
    graph.replace_uses(to, from);
    graph.remove(static_cast<NodeId>(n));
    ++dropped;
  }
  return dropped;
}

}  // namespace

int half_to_single(Graph& graph) {
  bool any = false;
  for (std::size_t i = 0; i < graph.value_count(); ++i) any = any || is_half(graph.value(static_cast<ValueId>(i)).type);
  if (!any) return 0;
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    Value& value = graph.value(static_cast<ValueId>(i));
    if (!is_half(value.type)) continue;
    value.type = ElementType::kFloat32;
    if (value.kind == ValueKind::kConstant) value.constant = value.constant.cast(ElementType::kFloat32);
  }
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    Node& node = graph.node(static_cast<NodeId>(n));
    if (node.op != "Cast") continue;
    const std::int64_t to = int_attribute(node, "to", 0);
    if (to == kHalfCode || to == kBrainCode) node.attributes["to"] = kFloatCode;
  }
  return drop_casts(graph);
}

}  // namespace pellucid::graph
