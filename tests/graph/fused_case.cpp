#include "graph/fused_case.hpp"

#include <algorithm>
#include <cmath>

#include "graph/onnx/write.hpp"
#include "run/session.hpp"

namespace pellucid::tests {
namespace {

/// The written file's opset of ONNX's own operators, which is kOpset, made another.
std::vector<std::byte> at_opset(std::vector<std::byte> bytes, int opset) {
  const std::vector<int> import{0x42, 4, 0x0a, 0, 0x10, graph::kOpset};  // opset_import {domain: "", version}
  const auto same = [](std::byte a, int b) { return std::to_integer<int>(a) == b; };
  const auto found = std::search(bytes.begin(), bytes.end(), import.begin(), import.end(), same);
  if (found == bytes.end()) throw std::runtime_error("the written graph names no opset");
  found[5] = static_cast<std::byte>(opset);
  return bytes;
}

}  // namespace

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

std::vector<Tensor> run_plainly(const FusedGraph& at, int opset) {
  const graph::WrittenGraph written = graph::write_graph(at.graph);
  run::SessionOptions options;
  options.optimisation = run::Optimisation::kNone;
  const run::Session session(at_opset(written.bytes, opset), written.weights, options, "the graph");
  std::vector<std::string> names;
  for (const ValueId id : at.graph.outputs) names.push_back(at.graph.value(id).name);
  const TensorMap results = session.run(at.inputs, names);
  std::vector<Tensor> list;
  for (const std::string& name : names) list.push_back(results.at(name));
  return list;
}

double difference(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape() || a.type() != b.type()) return HUGE_VAL;
  const std::vector<double> x = a.to_doubles(), y = b.to_doubles();
  double worst = 0, size = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) return HUGE_VAL;
    worst = std::max(worst, std::fabs(x[i] - y[i]));
    size = std::max(size, std::fabs(y[i]));
  }
  return worst == 0 ? 0 : worst / size;
}

void PrintTo(const FusedCase& of, std::ostream* out) { *out << of.op << " " << of.name; }

std::string fused_case_name(const testing::TestParamInfo<FusedCase>& info) {
  return info.param.op + "_" + info.param.name;
}

}  // namespace pellucid::tests
