#include "graph/fused_case.hpp"

namespace pellucid::tests {

Dims per_sample(const Shape& rest) {
  Dims dims{{1, true}};
  for (const std::int64_t size : rest) dims.push_back({size, false});
  return dims;
}

Tensor FusedGraph::random(const Shape& shape) {
  std::uniform_real_distribution<double> uniform(-2, 2);
  std::size_t count = 1;
  for (const std::int64_t axis : shape) count *= static_cast<std::size_t>(axis);
  std::vector<double> values(count);
  for (double& value : values) value = uniform(engine_);
  return Tensor(shape, values).cast(ElementType::kFloat32);
}

ValueId FusedGraph::add(const Dims& dims, const Tensor& tensor) {
  const ValueId id = graph.add_input("x" + std::to_string(inputs.size()), tensor.type(), dims);
  inputs[graph.value(id).name] = tensor;
  return id;
}

ValueId FusedGraph::input(const Dims& dims) { return add(dims, random(graph::shape_at(dims, kFusedBatch))); }

ValueId FusedGraph::wholes(const Dims& dims, const std::vector<std::int64_t>& values, ElementType type) {
  return add(dims, Tensor(graph::shape_at(dims, kFusedBatch), values).cast(type));
}

ValueId FusedGraph::truths(const Shape& shape, const std::vector<std::int64_t>& values) {
  return graph.add_constant(Tensor(shape, values).cast(ElementType::kBool));
}

ValueId FusedGraph::constant(const Shape& shape) { return graph.add_constant(random(shape)); }

ValueId FusedGraph::constant_wholes(const Shape& shape, const std::vector<std::int64_t>& values, ElementType type) {
  return graph.add_constant(Tensor(shape, values).cast(type));
}

void FusedGraph::node(const std::string& op, const std::string& domain, std::vector<ValueId> operands,
                      const std::vector<std::optional<Dims>>& outputs, const Attributes& attributes,
                      ElementType second) {
  graph::Node node;
  node.op = op;
  node.domain = domain;
  node.inputs = std::move(operands);
  node.attributes = attributes;
  node.source = "/block/" + op;
  std::vector<Dims> dims;
  std::vector<ElementType> types;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i]) continue;
    dims.push_back(*outputs[i]);
    types.push_back(i == 1 ? second : ElementType::kFloat32);
  }
  const graph::NodeId id = graph.add_node(std::move(node), types, dims);
  graph.outputs = graph.node(id).outputs;
  std::vector<ValueId> with_gaps;
  std::size_t next = 0;
  for (const auto& output : outputs) with_gaps.push_back(output ? graph.outputs[next++] : graph::kNone);
  graph.node(id).outputs = with_gaps;
}

void PrintTo(const FusedCase& of, std::ostream* out) { *out << of.op << " " << of.name; }

std::string fused_case_name(const testing::TestParamInfo<FusedCase>& info) {
  return info.param.op + "_" + info.param.name;
}

}  // namespace pellucid::tests
