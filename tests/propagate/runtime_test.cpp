// ONNX Runtime against the reference executor: it has a kernel for all that the rules emit, and means the same by it.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/onnx/write.hpp"
#include "propagate/problem.hpp"
#include "run/session.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

constexpr double kTolerance = 2e-5;

TensorMap runtime_inputs(const Problem& problem) {
  TensorMap out;
  for (const auto& [id, tensor] : problem.at.inputs) {
    const graph::Value& value = problem.at.graph.value(id);
    out[value.name] = Tensor(tensor.shape, tensor.data).cast(value.type);
  }
  return out;
}

class Runtime : public testing::TestWithParam<Case> {};

TEST_P(Runtime, AgreesWithTheReferenceExecutor) {
  Problem problem(GetParam(), ElementType::kFloat32);
  graph::Graph& graph = problem.at.graph;
  const std::vector<ValueId> found = problem.walk_to(problem.at.wanted);
  // A cotangent may be an input itself (Identity), and two inputs may share one (Add).
  for (const ValueId id : found)
    graph.outputs.push_back(
        problem.at.build.op("Identity", {id}, problem.at.build.dims(id), problem.at.build.type(id)));
  const auto expected = execute(graph, problem.at.inputs, kBatch);

  std::vector<std::string> names;
  for (const ValueId id : graph.outputs) names.push_back(graph.value(id).name);
  graph.prune();
  const graph::WrittenGraph written = graph::write_graph(graph);
  const run::Session session(written.bytes, written.weights, {}, "the case");
  const TensorMap results = session.run(runtime_inputs(problem), names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const TensorD& reference = expected.at(graph.outputs[i]);
    const Tensor& result = results.at(names[i]);
    ASSERT_EQ(result.shape(), reference.shape);
    const std::vector<double> values = result.to_doubles();
    double scale = 1;
    for (const double value : reference.data) scale = std::max(scale, std::fabs(value));
    for (std::size_t n = 0; n < values.size(); ++n)
      EXPECT_NEAR(values[n], reference.data[n], kTolerance * scale) << "input " << i << ", element " << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Gradient, Runtime, testing::ValuesIn(all_cases()), case_name);

}  // namespace
}  // namespace pellucid::tests
