#include <gtest/gtest.h>

#include "graph/fused_case.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::tests {
namespace {

constexpr std::int64_t kTokens = 5, kWidth = 4;
const std::vector<std::int64_t> kSwap{1, 0, 2};

/// [tokens, batch, width] of an input [batch, tokens, width].
ValueId tokens_first(FusedGraph& at, const Shape& rest = {kTokens, kWidth}) {
  return at.build.transpose(at.input(per_sample(rest)), kSwap);
}

void expect_turned(FusedGraph& at, ValueId result, const std::string& last) {
  at.graph.outputs = {result};
  const std::vector<Tensor> expected = run_plainly(at, graph::kOpset);
  EXPECT_GT(graph::batch_first(at.graph), 0);
  at.graph.prune();
  EXPECT_EQ(at.graph.producer(at.graph.outputs[0])->op, last);
  std::size_t transpositions = 0;
  for (const graph::NodeId id : at.graph.order()) transpositions += at.graph.node(id).op == "Transpose" ? 1 : 0;
  EXPECT_EQ(transpositions, last == "Transpose" ? 1 : 0);
  EXPECT_LT(difference(run_plainly(at, graph::kOpset).at(0), expected.at(0)), 1e-6);
}

TEST(BatchFirst, MovesTranspositionsBehindALayer) {
  FusedGraph at;
  const ValueId x = tokens_first(at);
  const Dims dims = at.build.dims(x);
  const ValueId normed = at.build.op("LayerNormalization", {x, at.constant({kWidth}), at.constant({kWidth})}, dims,
                                     ElementType::kFloat32, {{"axis", std::int64_t{-1}}});
  const ValueId hidden = at.build.add(at.build.matmul(normed, at.constant({kWidth, kWidth})), at.constant({kWidth}));
  expect_turned(at, at.build.add(x, at.build.unary("Relu", hidden)), "Transpose");
}

TEST(BatchFirst, ReadsATokenAndTheMeanOfAllWithoutOne) {
  FusedGraph row;
  const ValueId zero = row.graph.add_constant(Tensor(Shape{}, std::vector<std::int64_t>{0}), "zero");
  expect_turned(row, row.build.gather(row.build.unary("Tanh", tokens_first(row)), zero, 0), "Gather");
  FusedGraph mean;
  expect_turned(mean, mean.build.reduce_mean(mean.build.unary("Tanh", tokens_first(mean)), {0}, false), "ReduceMean");
}

TEST(BatchFirst, EndsAtATranspositionBack) {
  FusedGraph at;
  expect_turned(at,
                at.build.op("Transpose", {at.build.unary("Tanh", tokens_first(at))}, per_sample({kTokens, kWidth}),
                            ElementType::kFloat32, {{"perm", kSwap}}),
                "Tanh");
}

// Positions [tokens, 1, width] are turned with the stream.
TEST(BatchFirst, TurnsWhatIsAddedPerToken) {
  FusedGraph at;
  at.graph.outputs = {at.build.add(tokens_first(at), at.constant({kTokens, 1, kWidth}))};
  const std::vector<Tensor> expected = run_plainly(at, graph::kOpset);
  EXPECT_EQ(graph::batch_first(at.graph), 1);
  EXPECT_EQ(at.graph.producer(at.graph.outputs[0])->op, "Transpose");
  EXPECT_LT(difference(run_plainly(at, graph::kOpset).at(0), expected.at(0)), 1e-6);
}

TEST(BatchFirst, LooksIdsUpSampleBySample) {
  FusedGraph at;
  const ValueId ids = at.wholes(per_sample({kTokens}), {3, 1, 4, 1, 5, 2, 6, 5, 3, 0}, ElementType::kInt64);
  const ValueId turned = at.build.transpose(ids, {1, 0});
  expect_turned(at, at.build.gather(at.constant({7, kWidth}), turned, 0), "Transpose");
}

// Heads in front of the samples, [tokens, batch·heads, width], are attention's own business.
TEST(BatchFirst, LeavesHeadsAlone) {
  FusedGraph at;
  const ValueId x = at.input({{3, true}, {kTokens, false}, {kWidth, false}});
  at.graph.outputs = {at.build.unary("Tanh", at.build.transpose(x, kSwap))};
  EXPECT_EQ(graph::batch_first(at.graph), 0);
}

// Of a batch whose size is fixed, the samples are known at an input only: its first axis counts them.
TEST(BatchFirst, TurnsAFixedBatch) {
  FusedGraph at;
  const ValueId x = at.input({{2, false}, {kTokens, false}, {kWidth, false}});
  expect_turned(at, at.build.unary("Tanh", at.build.transpose(x, kSwap)), "Transpose");
  FusedGraph inside;
  const ValueId y = inside.build.unary("Abs", inside.input({{2, false}, {kTokens, false}, {kWidth, false}}));
  inside.graph.outputs = {inside.build.unary("Tanh", inside.build.transpose(y, kSwap))};
  EXPECT_EQ(graph::batch_first(inside.graph), 0);
}

}  // namespace
}  // namespace pellucid::tests
