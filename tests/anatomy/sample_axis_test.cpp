/// Axes that samples share with heads or tokens: which comes first, and taking them apart.

#include "anatomy/sample_axis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/builder.hpp"

namespace pellucid::tests {
namespace {

using graph::Dims;
using graph::ValueId;

constexpr graph::Dim kBatch{1, true};

graph::Dim axis(std::int64_t size) { return {size, false}; }
graph::Dim folded(std::int64_t size) { return {size, true}; }

class SampleAxis : public testing::Test {
 protected:
  ValueId input(const Dims& dims) { return graph_.add_input(graph_.fresh_name("x"), ElementType::kFloat32, dims); }
  [[nodiscard]] std::optional<bool> lead(ValueId x) const { return anatomy::samples_lead(graph_, x); }

  graph::Graph graph_;
  graph::Builder build_{graph_};
};

TEST_F(SampleAxis, IsFoundWhereverItIs) {
  EXPECT_EQ(anatomy::sample_axis({kBatch, axis(3)}), 0U);
  EXPECT_EQ(anatomy::sample_axis({axis(3), folded(4)}), 1U);
  EXPECT_EQ(anatomy::sample_axis({axis(3), axis(4)}), std::nullopt);
}

// torch's MultiheadAttention: [T, B, E] -> [T, B·H, d] -> [B·H, T, d], A·v, back to rows [T·B, E].
TEST_F(SampleAxis, OfHeadsCountsSamplesFirstAndOfRowsLast) {
  const ValueId x = input({axis(5), kBatch, axis(8)});
  const ValueId q = build_.transpose(build_.reshape(x, {axis(5), folded(2), axis(4)}), {1, 0, 2});
  EXPECT_EQ(lead(x), true);
  EXPECT_EQ(lead(q), true);
  const ValueId a = build_.softmax(build_.matmul(q, build_.transpose_last(q)), -1), context = build_.matmul(a, q);
  EXPECT_EQ(lead(a), true);
  EXPECT_EQ(lead(context), true);
  const ValueId rows = build_.reshape(build_.transpose(context, {1, 0, 2}), {folded(5), axis(8)});
  EXPECT_EQ(lead(rows), false);
  const ValueId projected = build_.gemm(rows, graph_.add_constant(Tensor(ElementType::kFloat32, {8, 8})), false);
  EXPECT_EQ(lead(projected), false);
  EXPECT_EQ(lead(build_.reshape(x, {folded(5), axis(8)})), false);
}

TEST_F(SampleAxis, OfWindowsAndFlattenedTokensCountsSamplesFirst) {
  const ValueId x = input({kBatch, axis(4), axis(6), axis(8)});
  const ValueId cut = build_.reshape(x, {kBatch, axis(2), axis(2), axis(3), axis(2), axis(8)});
  const ValueId windows = build_.reshape(build_.transpose(cut, {0, 1, 3, 2, 4, 5}), {folded(6), axis(4), axis(8)});
  EXPECT_EQ(lead(windows), true);
  EXPECT_EQ(lead(build_.reshape(windows, {folded(24), axis(8)})), true);
  EXPECT_EQ(lead(build_.reshape(x, {folded(24), axis(8)})), true);
}

TEST_F(SampleAxis, BetweenTwoOthersOrOfAnInputIsNotKnown) {
  EXPECT_EQ(lead(input({folded(3), axis(8)})), std::nullopt);
  const ValueId x = input({axis(5), kBatch, axis(8)}), heads = build_.reshape(x, {axis(5), folded(2), axis(4)});
  EXPECT_EQ(lead(build_.reshape(heads, {folded(10), axis(4)})), std::nullopt);
}

TEST_F(SampleAxis, IsTakenApartAndPutTogether) {
  for (const bool first : {true, false}) {
    const ValueId x = input({axis(7), folded(3), axis(8)});
    const ValueId apart = anatomy::unfold_samples(build_, x, 1, first);
    EXPECT_EQ(graph_.dims(apart), (Dims{axis(7), kBatch, axis(3), axis(8)}));
    EXPECT_EQ(graph_.dims(anatomy::fold_samples(build_, apart, 1, first)), graph_.dims(x));
    EXPECT_EQ(graph_.producer(apart)->op, first ? "Reshape" : "Transpose");
  }
}

}  // namespace
}  // namespace pellucid::tests
