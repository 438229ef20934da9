/// Linear layers in one node: QLinearMatMul, QLinearConv, QGemm, MatMulIntegerToFloat, DynamicQuantizeMatMul.

#include "base/check.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

Scaling along(const Node& node, std::size_t scale, std::size_t zero_point, std::int64_t axis) {
  return {input_at(node, scale), input_at(node, zero_point), {axis, 0}};
}

/// A bias in units of the product of two scales: [outputs], float32.
ValueId bias_of(Reals& reals, const Node& node, ValueId bias, ValueId a_scale, ValueId b_scale, double factor) {
  if (bias == kNone) return kNone;
  const double a = reals.constant(a_scale, node).to_doubles().at(0) * factor;
  std::vector<double> b = reals.constant(b_scale, node).to_doubles();
  for (double& each : b) each *= a;
  const Shape shape = b.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(b.size())};
  const Tensor& units = reals.constant(bias, node);
  const Tensor real = dequantise_tensor(units, Tensor(shape, b), std::nullopt, {-1, 0}, describe(node));
  return reals.graph().add_constant(real, reals.graph().fresh_name("dequantised"));
}

}  // namespace

bool dequantise_matmul(Reals& reals, const Node& node) {
  const ValueId a = reals.of(node.inputs.at(0), along(node, 1, 2, -2), node);
  const ValueId b = reals.of(node.inputs.at(3), along(node, 4, 5, -1), node);
  const ValueId made =
      reals.build_for(node).op("MatMul", {a, b}, reals.graph().dims(node.outputs[0]), ElementType::kFloat32);
  reals.stand(node.outputs[0], made, along(node, 6, 7, 0));
  return true;
}

bool dequantise_conv(Reals& reals, const Node& node) {
  PELLUCID_CHECK(int_attribute(node, "channels_last", 0) == 0, kUnsupported,
                 "{}: channels_last is not supported; explain the float export", describe(node));
  std::vector<ValueId> inputs{reals.of(node.inputs.at(0), along(node, 1, 2, 1), node),
                              reals.of(node.inputs.at(3), along(node, 4, 5, 0), node)};
  const ValueId bias = bias_of(reals, node, input_at(node, 8), node.inputs.at(1), node.inputs.at(4), 1);
  if (bias != kNone) inputs.push_back(bias);
  const ValueId made = reals.build_for(node).op("Conv", inputs, reals.graph().dims(node.outputs[0]),
                                                ElementType::kFloat32, node.attributes);
  reals.stand(node.outputs[0], made, along(node, 6, 7, 1));
  return true;
}

bool dequantise_gemm(Reals& reals, const Node& node) {
  const bool turned = int_attribute(node, "transB", 0) != 0;
  std::vector<ValueId> inputs{reals.of(node.inputs.at(0), along(node, 1, 2, 0), node),
                              reals.of(node.inputs.at(3), along(node, 4, 5, turned ? 0 : 1), node)};
  const double alpha = float_attribute(node, "alpha", 1);
  const ValueId bias = bias_of(reals, node, input_at(node, 6), node.inputs.at(1), node.inputs.at(4), alpha);
  if (bias != kNone) inputs.push_back(bias);
  const ValueId made = reals.build_for(node).op("Gemm", inputs, reals.graph().dims(node.outputs[0]),
                                                ElementType::kFloat32, node.attributes);
  if (input_at(node, 7) == kNone)
    reals.replace(node.outputs[0], made);
  else
    reals.stand(node.outputs[0], made, along(node, 7, 8, 1));
  return true;
}

namespace {

bool finish_product(Reals& reals, const Node& node, ValueId a, ValueId b, ValueId bias) {
  Builder& build = reals.build_for(node);
  ValueId made = build.op("MatMul", {a, b}, reals.graph().dims(node.outputs[0]), ElementType::kFloat32);
  if (bias != kNone) made = build.add(made, bias);
  reals.replace(node.outputs[0], made);
  return true;
}

}  // namespace

bool dequantise_float_product(Reals& reals, const Node& node) {
  const ValueId a = reals.of(node.inputs.at(0), along(node, 2, 4, -2), node);
  const ValueId b = reals.of(node.inputs.at(1), along(node, 3, 5, -1), node);
  return finish_product(reals, node, a, b, input_at(node, 6));
}

bool dequantise_dynamic_product(Reals& reals, const Node& node) {
  const ValueId b = reals.of(node.inputs.at(1), along(node, 2, 3, -1), node);
  return finish_product(reals, node, node.inputs.at(0), b, input_at(node, 4));
}

}  // namespace pellucid::graph
