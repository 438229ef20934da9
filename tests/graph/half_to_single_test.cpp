#include <gtest/gtest.h>

#include "graph/builder.hpp"
#include "graph/onnx/write.hpp"
#include "graph/passes/passes.hpp"
#include "run/session.hpp"

namespace pellucid::graph {
namespace {

class HalfPrecision : public testing::TestWithParam<ElementType> {};

/// x (half) times 1.5 (half), cast to half once more: inputs and outputs are float32 afterwards.
TEST_P(HalfPrecision, InputsAndOutputsBecomeSingle) {
  Graph graph;
  Builder build(graph);
  const ValueId x = graph.add_input("x", GetParam(), fixed({3}));
  const ValueId factor = graph.add_constant(Tensor(Shape{}, std::vector<float>{1.5F}).cast(GetParam()));
  const std::int64_t code = GetParam() == ElementType::kFloat16 ? 10 : 16;
  const ValueId wide =
      build.op("Cast", {build.mul(x, factor)}, fixed({3}), ElementType::kFloat32, {{"to", std::int64_t{1}}});
  graph.outputs = {build.op("Cast", {wide}, fixed({3}), GetParam(), {{"to", code}})};
  EXPECT_GT(half_to_single(graph), 0);
  const std::string name = graph.value(graph.outputs[0]).name;
  const WrittenGraph written = write_graph(graph);
  const run::Session session(written.bytes, written.weights, {}, "the case");
  // 1.0003 is between two numbers of half precision.
  const Tensor y = session.run({{"x", Tensor(Shape{3}, std::vector<float>{1.0003F, -2, 0})}}, {name}).at(name);
  ASSERT_EQ(y.type(), ElementType::kFloat32);
  EXPECT_NEAR(y.to_doubles()[0], 1.50045, 1e-6);
  EXPECT_EQ(y.to_doubles()[1], -3);
}

INSTANTIATE_TEST_SUITE_P(Types, HalfPrecision, testing::Values(ElementType::kFloat16, ElementType::kBFloat16));

}  // namespace
}  // namespace pellucid::graph
