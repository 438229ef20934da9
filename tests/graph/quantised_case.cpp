#include "graph/quantised_case.hpp"

#include <gtest/gtest.h>

#include "graph/onnx/write.hpp"
#include "graph/passes/passes.hpp"
#include "run/session.hpp"

namespace pellucid::graph::tests {

QuantisedCase::QuantisedCase(const Shape& input)
    : input_(input), x_(graph_.add_input("x", ElementType::kFloat32, fixed(input))) {}

ValueId QuantisedCase::floats(const Shape& shape, const std::vector<float>& values) {
  return graph_.add_constant(Tensor(shape, values));
}

ValueId QuantisedCase::whole(ElementType type, const Shape& shape, const std::vector<double>& values) {
  return graph_.add_constant(Tensor(shape, values).cast(type));
}

ValueId QuantisedCase::node(const std::string& op, const std::vector<ValueId>& inputs, const Shape& shape,
                            ElementType type, std::map<std::string, Attribute> attributes, const std::string& domain) {
  Node made{op, domain, inputs, {}, std::move(attributes), "the " + op, false};
  return graph_.node(graph_.add_node(std::move(made), {type}, {fixed(shape)})).outputs[0];
}

ValueId QuantisedCase::contrib(const std::string& op, const std::vector<ValueId>& inputs, const Shape& shape,
                               std::map<std::string, Attribute> attributes) {
  return node(op, inputs, shape, ElementType::kFloat32, std::move(attributes), "com.microsoft");
}

std::vector<ValueId> QuantisedCase::dynamic(ValueId from) {
  Node made{"DynamicQuantizeLinear", "", {from}, {}, {}, "the quantiser", false};
  return graph_
      .node(graph_.add_node(std::move(made), {ElementType::kUInt8, ElementType::kFloat32, ElementType::kUInt8},
                            {graph_.dims(from), {}, {}}))
      .outputs;
}

ValueId QuantisedCase::quantised(ValueId from, float scale, double zero_point) {
  return node("QuantizeLinear", {from, scalar(scale), byte(zero_point)}, shape_at(graph_.dims(from), 1),
              ElementType::kUInt8);
}

ValueId QuantisedCase::restored(ValueId from, float scale, double zero_point) {
  return node("DequantizeLinear", {from, scalar(scale), byte(zero_point)}, shape_at(graph_.dims(from), 1),
              ElementType::kFloat32);
}

std::vector<double> QuantisedCase::run(ValueId output, const std::vector<float>& x) {
  graph_.outputs = {output};
  EXPECT_GT(dequantise(graph_), 0);
  const std::string name = graph_.value(graph_.outputs[0]).name;
  const WrittenGraph written = write_graph(graph_);
  const run::Session session(written.bytes, written.weights, {}, "the case");
  return session.run({{"x", Tensor(input_, x)}}, {name}).at(name).to_doubles();
}

int QuantisedCase::count(const std::string& op) const {
  int found = 0;
  for (const NodeId id : graph_.order()) found += graph_.node(id).op == op ? 1 : 0;
  return found;
}

void expect_close(const std::vector<double>& got, const std::vector<double>& due) {
  ASSERT_EQ(got.size(), due.size());
  for (std::size_t i = 0; i < due.size(); ++i) EXPECT_NEAR(got[i], due[i], 1e-5) << "element " << i;
}

std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, std::size_t m, std::size_t k,
                            std::size_t n) {
  std::vector<double> made(m * n);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t l = 0; l < k; ++l) made[i * n + j] += a[i * k + l] * b[l * n + j];
  return made;
}

}  // namespace pellucid::graph::tests
