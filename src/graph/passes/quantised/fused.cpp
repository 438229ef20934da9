/// Quantised forms of nodes that ONNX Runtime's optimiser fuses: their float forms.

#include "base/check.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

void finish(Reals& reals, const Node& node, const std::string& op, std::vector<ValueId> inputs) {
  while (!inputs.empty() && inputs.back() == kNone) inputs.pop_back();
  Graph& graph = reals.graph();
  Node made{op, node.domain, std::move(inputs), {}, node.attributes, node.source, false};
  std::vector<ElementType> types;
  std::vector<Dims> dims;
  std::vector<ValueId> old;
  for (const ValueId output : node.outputs) {
    if (output == kNone) continue;
    types.push_back(graph.value(output).type);
    dims.push_back(graph.dims(output));
    old.push_back(output);
  }
  const NodeId id = graph.add_node(std::move(made), types, dims);
  const std::vector<ValueId> fresh = graph.node(id).outputs;
  for (std::size_t i = 0; i < old.size(); ++i) reals.replace(old[i], fresh[i]);
}

}  // namespace

/// input, weight, bias, input scale, weight scale, mask, input zero point, weight zero point, past.
bool dequantise_attention(Reals& reals, const Node& node) {
  const Scaling scaling{node.inputs.at(3), input_at(node, 6)}, weights{node.inputs.at(4), input_at(node, 7), {-1, 0}};
  const ValueId input = reals.of(node.inputs.at(0), scaling, node);
  const ValueId weight = reals.of(node.inputs.at(1), weights, node);
  finish(reals, node, "Attention", {input, weight, input_at(node, 2), input_at(node, 5), input_at(node, 8)});
  return true;
}

/// Tables and norm at 2 … 6, the mask at 7, scales from 8 on, zero points from 13 on.
bool dequantise_embedding(Reals& reals, const Node& node) {
  std::vector<ValueId> inputs{input_at(node, 0), input_at(node, 1)};
  for (std::size_t i = 0; i < 5; ++i) {
    const ValueId table = input_at(node, 2 + i);
    const Scaling scaling{input_at(node, 8 + i), input_at(node, 13 + i)};
    inputs.push_back(table == kNone ? kNone : reals.of(table, scaling, node));
  }
  inputs.push_back(input_at(node, 7));
  finish(reals, node, "EmbedLayerNormalization", inputs);
  return true;
}

}  // namespace pellucid::graph
