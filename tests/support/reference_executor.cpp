#include "support/reference_executor.hpp"

#include <stdexcept>

namespace pellucid::tests {
namespace {

Operator find(const graph::Node& node) {
  for (const OperatorTable* table : {&elementwise_operators(), &product_operators(), &window_operators(),
                                     &reduction_operators(), &layout_operators(), &indexing_operators()}) {
    const auto at = table->find(node.op);
    if (at != table->end()) return at->second;
  }
  throw std::runtime_error("the reference executor doesn't know " + node.op);
}

void require_shape(const graph::Graph& graph, const graph::Node& node, std::size_t i, const TensorD& result,
                   std::int64_t batch) {
  const Shape expected = graph::shape_at(graph.dims(node.outputs[i]), batch);
  if (result.shape == expected && result.size() == element_count(expected)) return;
  throw std::runtime_error(graph::describe(node) + ": output has shape " + to_string(result.shape) +
                           ", the graph says " + to_string(expected));
}

bool given(const std::map<graph::ValueId, TensorD>& inputs, const graph::Node& node) {
  return !node.outputs.empty() && inputs.count(node.outputs[0]) != 0;
}

}  // namespace

std::map<graph::ValueId, TensorD> execute(const graph::Graph& graph, const std::map<graph::ValueId, TensorD>& inputs,
                                          std::int64_t batch) {
  std::map<graph::ValueId, TensorD> values = inputs;
  for (std::size_t id = 0; id < graph.value_count(); ++id) {
    const graph::Value& value = graph.value(static_cast<graph::ValueId>(id));
    if (value.kind == graph::ValueKind::kConstant)
      values[static_cast<graph::ValueId>(id)] = {value.constant.shape(), value.constant.to_doubles()};
  }
  for (const graph::NodeId id : graph.order()) {
    const graph::Node& node = graph.node(id);
    if (given(inputs, node)) continue;
    Call call{graph, node, {}};
    for (const graph::ValueId input : node.inputs)
      call.inputs.push_back(input == graph::kNone ? nullptr : &values.at(input));
    Outputs outputs = find(node)(call);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i] == graph::kNone) continue;
      require_shape(graph, node, i, outputs.at(i), batch);
      values[node.outputs[i]] = std::move(outputs[i]);
    }
  }
  return values;
}

}  // namespace pellucid::tests
