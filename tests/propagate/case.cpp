#include "propagate/case.hpp"

#include <cctype>

namespace pellucid::tests {

Dims plain(const Shape& shape) { return graph::fixed(shape); }

Dims batched(const Shape& rest) {
  Dims dims{{1, true}};
  for (const std::int64_t axis : rest) dims.push_back({axis, false});
  return dims;
}

TensorD CaseGraph::random(const Shape& shape, double low, double high) {
  // not std::uniform_real_distribution: its numbers differ between standard libraries
  TensorD out = filled(shape, 0);
  for (double& value : out.data) value = low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  return out;
}

ValueId CaseGraph::input(const Dims& dims, double low, double high) {
  const ValueId id = graph.add_input("x" + std::to_string(graph.inputs.size()), type_, dims);
  inputs[id] = random(graph::shape_at(dims, kBatch), low, high);
  wanted.push_back(id);
  return id;
}

ValueId CaseGraph::index_input(const Dims& dims, const std::vector<std::int64_t>& values) {
  const ValueId id = graph.add_input("index" + std::to_string(graph.inputs.size()), ElementType::kInt64, dims);
  inputs[id] = {graph::shape_at(dims, kBatch), {values.begin(), values.end()}};
  return id;
}

ValueId CaseGraph::constant(const Shape& shape, double low, double high) {
  return constant_of(shape, random(shape, low, high).data);
}

ValueId CaseGraph::constant_of(const Shape& shape, const std::vector<double>& values) {
  return graph.add_constant(Tensor(shape, values).cast(type_));
}

ValueId CaseGraph::ints(const Shape& shape, const std::vector<std::int64_t>& values) {
  return graph.add_constant(Tensor(shape, values));
}

ValueId CaseGraph::flags(const Shape& shape, const std::vector<double>& values) {
  return graph.add_constant(Tensor(shape, values).cast(ElementType::kBool));
}

ValueId CaseGraph::node(const std::string& op, const std::vector<ValueId>& node_inputs, const Dims& dims,
                        const Attributes& attributes) {
  nodes(op, node_inputs, {dims}, attributes);
  return outputs.back();
}

void CaseGraph::nodes(const std::string& op, const std::vector<ValueId>& node_inputs, const std::vector<Dims>& dims,
                      const Attributes& attributes) {
  for (const ValueId output : build.ops(op, node_inputs, dims, type_, attributes)) outputs.push_back(output);
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.op + (info.param.name.empty() ? "" : "_" + info.param.name);
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

void PrintTo(const Case& of, std::ostream* out) { *out << of.op << ' ' << of.name; }

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (auto* cases : {elementwise_cases, product_cases, window_cases, reduction_cases, layout_cases, indexing_cases}) {
    const std::vector<Case> some = cases();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace pellucid::tests
