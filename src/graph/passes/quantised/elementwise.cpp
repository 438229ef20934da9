/// QLinear operators that hold no weights: each is the float operator between quantised values.

#include "base/check.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

ValueId operand(Reals& reals, const Node& node, std::size_t at) {
  return reals.of(node.inputs.at(at), {input_at(node, at + 1), input_at(node, at + 2)}, node);
}

Scaling scaling_at(const Node& node, std::size_t at) { return {input_at(node, at), input_at(node, at + 1)}; }

bool finish(Reals& reals, const Node& node, const std::string& op, const std::vector<ValueId>& inputs,
            const std::map<std::string, Attribute>& attributes, const Scaling& scaling) {
  const ValueId made =
      reals.build_for(node).op(op, inputs, reals.graph().dims(node.outputs[0]), ElementType::kFloat32, attributes);
  reals.stand(node.outputs[0], made, scaling);
  return true;
}

std::string float_name(const Node& node) { return node.op.substr(std::string("QLinear").size()); }

}  // namespace

/// QLinearAdd, QLinearMul.
bool dequantise_pair(Reals& reals, const Node& node) {
  const ValueId a = operand(reals, node, 0), b = operand(reals, node, 3);
  return finish(reals, node, float_name(node), {a, b}, {}, scaling_at(node, 6));
}

/// QLinearSigmoid, QLinearSoftmax, pools and the like.
bool dequantise_unary(Reals& reals, const Node& node) {
  PELLUCID_CHECK(int_attribute(node, "channels_last", 0) == 0, kUnsupported,
                 "{}: channels_last is not supported; explain the float export", describe(node));
  std::map<std::string, Attribute> attributes = node.attributes;
  attributes.erase("channels_last");
  std::vector<ValueId> inputs{operand(reals, node, 0)};
  if (node.op == "QLinearSoftmax") {
    PELLUCID_CHECK(int_attribute(node, "opset", 13) >= 13, kUnsupported,
                   "{}: a Softmax of opset {} is not supported; export at opset 13 or later", describe(node),
                   int_attribute(node, "opset", 13));
    attributes.erase("opset");
  }
  if (node.op == "QLinearReduceMean") {
    inputs.push_back(reals.build_for(node).ints(ints_attribute(node, "axes")));
    attributes.erase("axes");
  }
  return finish(reals, node, float_name(node), inputs, attributes, scaling_at(node, 3));
}

bool dequantise_concat(Reals& reals, const Node& node) {
  std::vector<ValueId> parts;
  for (std::size_t at = 2; at + 1 < node.inputs.size(); at += 3) parts.push_back(operand(reals, node, at));
  return finish(reals, node, "Concat", parts, node.attributes, scaling_at(node, 0));
}

bool dequantise_select(Reals& reals, const Node& node) {
  const ValueId a = operand(reals, node, 1), b = operand(reals, node, 4);
  return finish(reals, node, "Where", {node.inputs.at(0), a, b}, {}, scaling_at(node, 7));
}

}  // namespace pellucid::graph
