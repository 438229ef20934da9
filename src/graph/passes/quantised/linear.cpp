/// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear: from real numbers to whole ones and back.

#include "base/check.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

Scaling scaling_of(const Node& node) {
  Scaling scaling{input_at(node, 1), input_at(node, 2)};
  scaling.granularity.axis = int_attribute(node, "axis", 1);
  scaling.granularity.block = int_attribute(node, "block_size", 0);
  return scaling;
}

}  // namespace

bool dequantise_quantise(Reals& reals, const Node& node) {
  reals.build_for(node);
  reals.stand(node.outputs[0], node.inputs[0], scaling_of(node));
  return true;
}

/// The scale is made of the data: any number stands for itself.
bool dequantise_dynamic(Reals& reals, const Node& node) {
  reals.stand(node.outputs[0], node.inputs[0], {node.outputs.at(1), node.outputs.at(2)});
  return true;
}

bool dequantise_value(Reals& reals, const Node& node) {
  const ValueId made = node.outputs[0];
  const ValueId real = reals.of(node.inputs[0], scaling_of(node), node);
  reals.replace(made, real);
  return true;
}

}  // namespace pellucid::graph
