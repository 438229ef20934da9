#include "graph/passes/slice_rows.hpp"

#include <gtest/gtest.h>

#include "graph/builder.hpp"
#include "graph/onnx/write.hpp"
#include "run/session.hpp"

namespace pellucid::graph {
namespace {

class GatherOfOneRow : public testing::TestWithParam<Shape> {};

// A table of one index is no row selection: it adds axes, as the position bias of a decoder of one token does.
TEST_P(GatherOfOneRow, KeepsItsValues) {
  const Shape& indices = GetParam();
  const Dims table{{4, false}, {3, false}};
  Dims picked = fixed(indices);
  picked.push_back({3, false});
  Graph graph;
  Builder build(graph);
  const ValueId x = graph.add_input("x", ElementType::kFloat32, table);
  const ValueId index = graph.add_constant(Tensor(indices, std::vector<std::int64_t>{2}), "index");
  const ValueId gathered =
      build.op("Gather", {build.unary("Tanh", x), index}, picked, ElementType::kFloat32, {{"axis", std::int64_t{0}}});
  std::vector<ValueId> roots{build.unary("Neg", gathered)};
  graph.outputs = roots;
  const TensorMap inputs{{"x", Tensor(Shape{4, 3}, std::vector<float>{0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0})}};
  const auto run = [&] {
    const WrittenGraph written = write_graph(graph);
    const std::string name = graph.value(graph.outputs[0]).name;
    return run::Session(written.bytes, written.weights, {}, "the case").run(inputs, {name}).at(name);
  };
  const Tensor before = run();
  slice_rows(graph, roots, {});
  graph.prune();
  const Tensor after = run();
  EXPECT_EQ(after.shape(), before.shape());
  EXPECT_EQ(after.to_doubles(), before.to_doubles());
}

INSTANTIATE_TEST_SUITE_P(Ranks, GatherOfOneRow, testing::Values(Shape{}, Shape{1}, Shape{1, 1}));

}  // namespace
}  // namespace pellucid::graph
