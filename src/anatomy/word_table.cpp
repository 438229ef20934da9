#include "anatomy/word_table.hpp"

#include "graph/opaque.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

namespace {

/// The graph input that a lookup's indices are, in another shape or type at most; kNone where they are computed.
ValueId looked_up(const graph::Graph& graph, ValueId indices) {
  for (const graph::Node* node = graph.producer(indices); node != nullptr; node = graph.producer(indices)) {
    const bool same = node->op == "Reshape" || node->op == "Cast" || node->op == "Identity" ||
                      node->op == "Unsqueeze" || node->op == "Squeeze";
    if (!same) return kNone;
    indices = node->inputs[0];
  }
  return graph.value(indices).kind == graph::ValueKind::kInput ? indices : kNone;
}

/// Token ids by name.
ValueId named_ids(const graph::Graph& graph) {
  if (const ValueId ids = graph.find("input_ids"); ids != kNone) return ids;
  const auto says = [&graph](ValueId input, const char* part) {
    return graph.value(input).name.find(part) != std::string::npos;
  };
  for (const ValueId input : graph.inputs) {
    const ElementType type = graph.value(input).type;
    const bool whole = type == ElementType::kInt64 || type == ElementType::kInt32;
    if (whole && graph.rank(input) == 2 && !says(input, "mask") && !says(input, "type") && !says(input, "position"))
      return input;
  }
  return kNone;
}

}  // namespace

WordTable find_word_table(const graph::Graph& graph) {
  WordTable found;
  for (const graph::NodeId id : graph.order()) {
    const graph::Node& node = graph.node(id);
    if (graph::is_whole_model(node)) found.ids = named_ids(graph);
    if (!node.domain.empty() || node.op != "Gather" || !graph.is_constant(node.inputs[0])) continue;
    const bool table = graph.rank(node.inputs[0]) == 2 && graph.is_float(node.inputs[0]);
    const ValueId ids = looked_up(graph, node.inputs[1]);
    if (!table || ids == kNone) continue;
    const std::int64_t rows = graph.dims(node.inputs[0])[0].size;
    const bool named = graph.value(ids).name == "input_ids";
    if (!named && rows <= found.rows) continue;
    found = {ids, node.outputs[0], rows};
    if (named) break;
  }
  return found;
}

ValueId find_mask(const graph::Graph& graph, ValueId own) {
  if (own == kNone || graph.is_float(own)) return kNone;
  for (const ValueId input : graph.inputs)
    if (input != own && graph.value(input).name.find("mask") != std::string::npos &&
        graph.dims(input) == graph.dims(own))
      return input;
  return kNone;
}

}  // namespace pellucid::anatomy
