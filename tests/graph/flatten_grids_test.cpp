#include <gtest/gtest.h>

#include "graph/fused_case.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::tests {
namespace {

constexpr std::int64_t kRows = 2, kColumns = 3, kWidth = 4;

Dims grid() { return per_sample({kRows, kColumns, kWidth}); }

ValueId normed(FusedGraph& at, ValueId x) {
  return at.build.op("LayerNormalization", {x, at.constant({kWidth}), at.constant({kWidth})}, at.build.dims(x),
                     ElementType::kFloat32, {{"axis", std::int64_t{-1}}});
}

/// x + (norm(x)·W + b) through an activation.
ValueId block(FusedGraph& at, ValueId x) {
  const ValueId hidden =
      at.build.add(at.build.matmul(normed(at, x), at.constant({kWidth, kWidth})), at.constant({kWidth}));
  return at.build.add(x, at.build.mul(at.build.unary("Relu", hidden), at.constant({1, 1, 1, kWidth})));
}

/// Runs the pass, checks that the graph computes what it did, and gives how often each operator stands on a grid.
std::size_t on_grids(FusedGraph& at, ValueId result) {
  at.graph.outputs = {result};
  const Tensor expected = run_plainly(at, graph::kOpset).at(0);
  EXPECT_GT(graph::flatten_grids(at.graph), 0);
  at.graph.prune();
  EXPECT_LT(difference(run_plainly(at, graph::kOpset).at(0), expected), 1e-6);
  std::size_t grids = 0;
  for (const graph::NodeId id : at.graph.order()) {
    const graph::Node& node = at.graph.node(id);
    grids += node.op != "Reshape" && at.graph.rank(node.outputs[0]) > 3 ? 1 : 0;
  }
  return grids;
}

TEST(FlattenGrids, ListsTheTokensOfWholeBlocks) {
  FusedGraph at;
  EXPECT_EQ(on_grids(at, block(at, block(at, at.input(grid())))), 0U);
}

TEST(FlattenGrids, AddsPositionsToTheList) {
  FusedGraph at;
  const ValueId first = block(at, at.input(grid()));
  EXPECT_EQ(on_grids(at, block(at, at.build.add(first, at.constant({1, kRows, kColumns, kWidth})))), 0U);
}

TEST(FlattenGrids, TakesTheMeanOfTheList) {
  FusedGraph at;
  EXPECT_EQ(on_grids(at, at.build.reduce_mean(normed(at, block(at, at.input(grid()))), {1, 2}, false)), 0U);
}

// What needs the grid gets it back: a mean of every row, here.
TEST(FlattenGrids, GivesTheGridBack) {
  FusedGraph at;
  const ValueId x = block(at, at.input(grid()));
  EXPECT_EQ(on_grids(at, block(at, at.build.add(x, at.build.reduce_mean(x, {2}, true)))), 2U);
}

TEST(FlattenGrids, KeepsTheNames) {
  FusedGraph at;
  const ValueId sum = block(at, at.input(grid()));
  const std::string name = at.graph.value(sum).name;
  at.graph.outputs = {at.build.unary("Tanh", normed(at, sum))};
  EXPECT_GT(graph::flatten_grids(at.graph), 0);
  EXPECT_EQ(at.graph.rank(at.graph.find(name)), 3);
}

// Queries [batch, heads, tokens, features] are normed and turned, but no residual stream.
TEST(FlattenGrids, LeavesHeadsAlone) {
  FusedGraph at;
  const ValueId q = normed(at, at.input(grid()));
  at.graph.outputs = {at.build.add(at.build.mul(q, at.constant({kColumns, kWidth})),
                                   at.build.mul(at.build.unary("Neg", q), at.constant({kColumns, kWidth})))};
  EXPECT_EQ(graph::flatten_grids(at.graph), 0);
}

}  // namespace
}  // namespace pellucid::tests
