#include "graph/passes/narrow.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/passes/lower_to_double.hpp"
#include "graph/passes/widen.hpp"
#include "graph/widened.hpp"
#include "propagate/problem.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::NodeId;

constexpr auto kSingle = ElementType::kFloat32, kDouble = ElementType::kFloat64;

class WalkInDouble : public testing::TestWithParam<Case> {};

/// The walk's results as outputs of the graph: one may be an input itself, two may be the same.
std::vector<ValueId> walked(Problem& problem) {
  const std::vector<ValueId> found = problem.walk_to(problem.at.wanted);
  std::vector<ValueId> outputs;
  for (const ValueId id : found)
    outputs.push_back(problem.at.build.op("Identity", {id}, problem.at.build.dims(id), problem.at.build.type(id)));
  problem.at.graph.outputs = outputs;
  problem.at.graph.prune();
  return outputs;
}

// All that the rules emit, in float64.
TEST_P(WalkInDouble, AgreesWithTheReferenceExecutor) {
  Problem problem(GetParam(), kDouble);
  const std::vector<ValueId> outputs = walked(problem);
  const auto expected = execute(problem.at.graph, problem.at.inputs, kBatch);
  graph::lower_to_double(problem.at.graph);
  const std::vector<Tensor> results = run_graph(problem.at.graph, problem.at.inputs);
  const bool rounds = GetParam().op == "Cast";
  for (std::size_t i = 0; i < outputs.size(); ++i)
    EXPECT_LE(relative_error(results[i], expected.at(outputs[i])), rounds ? 1e-7 : 1e-12) << "input " << i;
}

// The forward pass in float64, the walk behind it in float32.
TEST_P(WalkInDouble, NarrowedAgreesToSinglePrecision) {
  Problem problem(GetParam(), kDouble);
  graph::Graph& graph = problem.at.graph;
  const auto first = static_cast<NodeId>(graph.node_count());
  const std::vector<ValueId> outputs = walked(problem);
  const auto expected = execute(graph, problem.at.inputs, kBatch);
  const auto last = static_cast<NodeId>(graph.node_count());
  graph::narrow(graph, first, static_cast<graph::NodeId>(graph.node_count()));
  for (NodeId id = 0; id < last; ++id) {
    const graph::Node& node = graph.node(id);
    if (node.removed || node.op == "Cast") continue;
    for (const ValueId output : node.outputs)
      if (graph.is_float(output)) {
        EXPECT_EQ(graph.value(output).type, id < first ? kDouble : kSingle) << graph::describe(node);
      }
  }
  graph::lower_to_double(graph);
  const std::vector<Tensor> results = run_graph(graph, problem.at.inputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(results[i].type(), kSingle);
    EXPECT_LE(relative_error(results[i], expected.at(outputs[i])), 2e-5) << "input " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Gradient, WalkInDouble, testing::ValuesIn(all_cases()), case_name);

struct Mixed {
  graph::Graph graph;
  ValueId x = graph::kNone, weight = graph::kNone, y = graph::kNone, z = graph::kNone;
};

/// y = x · weight in float64; behind it z = y·weightᵀ / (y² + 1e-9), narrowed.
Mixed mixed() {
  Mixed made;
  graph::Graph& graph = made.graph;
  made.x = graph.add_input("x", kSingle, {{1, true}, {40, false}});
  Tensor weight(kSingle, {40, 40});
  for (int i = 0; i < 1600; ++i)
    weight.mutable_values<float>()[static_cast<std::size_t>(i)] = std::sin(static_cast<float>(i));
  made.weight = graph.add_constant(weight, "weight");
  {
    graph::Builder build(graph);
    made.y = build.matmul(made.x, made.weight);
  }
  graph.outputs = {made.y};
  graph::widen(graph);
  const auto first = static_cast<NodeId>(graph.node_count());
  graph::Builder build(graph);
  const ValueId again = graph.producer(made.y)->inputs[1];
  const ValueId product = build.matmul(made.y, build.transpose_last(again));
  made.z = build.div(product, build.add_scalar(build.mul(made.y, made.y), 1e-9));
  graph.outputs.push_back(made.z);
  graph::narrow(graph, first, static_cast<graph::NodeId>(graph.node_count()));
  return made;
}

TEST(Narrow, ComputesTheRestInFloat32) {
  const Mixed made = mixed();
  std::map<ValueId, TensorD> inputs;
  inputs[made.x] = filled({2, 40}, 0);
  for (std::size_t i = 0; i < 80; ++i) inputs[made.x].data[i] = static_cast<double>(i % 7) - 3;
  const auto expected = execute(made.graph, inputs, 2);
  const std::vector<Tensor> results = run_graph(made.graph, inputs);
  EXPECT_EQ(results[0].type(), kDouble);
  EXPECT_EQ(results[1].type(), kSingle);
  EXPECT_LE(relative_error(results[0], expected.at(made.y)), 1e-15);
  EXPECT_LE(relative_error(results[1], expected.at(made.z)), 1e-6);
}

// One Cast of y for its three readers; the weight is read as it lies in the file; 1e-9 survives.
TEST(Narrow, CastsOnceAndReadsWeightsDirectly) {
  const Mixed made = mixed();
  const graph::Node &division = *made.graph.producer(made.z), &product = *made.graph.producer(division.inputs[0]);
  const graph::Node &sum = *made.graph.producer(division.inputs[1]), &square = *made.graph.producer(sum.inputs[0]);
  EXPECT_EQ(made.graph.producer(product.inputs[0])->op, "Cast");
  EXPECT_EQ(square.inputs, (std::vector<ValueId>{product.inputs[0], product.inputs[0]}));
  EXPECT_EQ(made.graph.producer(product.inputs[1])->inputs[0], made.weight);
  EXPECT_EQ(made.graph.value(sum.inputs[1]).constant.to_doubles()[0], static_cast<double>(1e-9F));
}

TEST(Narrow, ConstantsStayFiniteAndNonZero) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kDouble, plain({4}));
  graph::Builder build(graph);
  const ValueId far = graph.add_constant(Tensor(Shape{4}, std::vector<double>{1e300, -1e-300, 0, -HUGE_VAL}));
  graph.outputs = {build.add(x, far)};
  graph::narrow(graph, 0, static_cast<graph::NodeId>(graph.node_count()));
  const auto sum = run_graph(graph, {{x, filled({4}, 0)}}).at(0).to_doubles();
  EXPECT_EQ(sum[0], static_cast<double>(std::numeric_limits<float>::max()));
  EXPECT_EQ(sum[1], -static_cast<double>(std::numeric_limits<float>::min()));
  EXPECT_EQ(sum[2], 0);
  EXPECT_EQ(sum[3], -HUGE_VAL);
}

}  // namespace
}  // namespace pellucid::tests
