/// Heads that read the mean over the tokens that a mask names, in the forms that exporters give it.

#include <gtest/gtest.h>

#include "anatomy/anatomy.hpp"
#include "anatomy/tiny_transformer.hpp"

namespace pellucid::anatomy {
namespace {

using graph::kNone;
using graph::ValueId;
using tests::TinyTransformer;

constexpr std::int64_t kCount = 6;

/// Two blocks on six words with a mask beside them.
struct MaskedText : TinyTransformer {
  MaskedText() {
    const ValueId tokens = words("input_ids", kCount);
    mask = graph.add_input("attention_mask", ElementType::kInt64, {batch(), axis(kCount)});
    last = pre_norm_block(pre_norm_block(tokens));
    column = build.unsqueeze(build.cast(mask, ElementType::kFloat32), 2);
  }

  /// What follows the sum: a division by the number of tokens and a classifier.
  void finish(ValueId sum) {
    const ValueId least = graph.add_constant(Tensor(Shape{}, std::vector<double>{1e-9}).cast(ElementType::kFloat32));
    const ValueId count = build.maximum(build.reduce_sum(column, {1}, false), least);
    classify(linear(build.unary("Gelu", linear(build.div(sum, count), 8)), 8));
  }

  ReadOut read_out() {
    const Anatomy anatomy = find_anatomy(graph);
    EXPECT_EQ(anatomy.streams.size(), 1U);
    return anatomy.streams.empty() ? ReadOut{} : anatomy.streams[0].read_out;
  }

  void expect_masked(bool inverted, ValueId value) {
    const ReadOut found = read_out();
    EXPECT_EQ(found.kind, ReadOutKind::kMean) << found.why;
    EXPECT_EQ(found.mask.value, value) << found.why;
    EXPECT_EQ(found.mask.inverted, inverted);
    EXPECT_TRUE(found.weights.empty());
    EXPECT_TRUE(found.tells_rows());
  }

  ValueId mask = kNone, last = kNone, column = kNone;
};

TEST(MaskedMean, ASumOfProducts) {
  MaskedText t;
  t.finish(t.build.reduce_sum(t.build.mul(t.norm(t.last), t.column), {1}, false));
  t.expect_masked(false, t.column);
}

TEST(MaskedMean, AMaskExpandedAlongTheWidth) {
  MaskedText t;
  const ValueId wide = t.build.expand(t.column, t.graph.dims(t.last));
  t.finish(t.build.reduce_sum(t.build.mul(wide, t.last), {1}, false));
  t.expect_masked(false, t.column);
}

TEST(MaskedMean, AMeanOfProducts) {
  MaskedText t;
  t.classify(t.build.reduce_mean(t.build.mul(t.last, t.column), {1}, false));
  t.expect_masked(false, t.column);
}

TEST(MaskedMean, PaddingFilledWithZeros) {
  MaskedText t;
  const ValueId padding = t.build.compare("Equal", t.column, t.build.scalar_like(0, t.column));
  const ValueId zero = t.build.scalar_like(0, t.last);
  t.finish(t.build.reduce_sum(t.build.where(padding, zero, t.last), {1}, false));
  t.expect_masked(true, padding);
}

TEST(MaskedMean, OnlyValidTokensTaken) {
  MaskedText t;
  const ValueId valid = t.build.cast(t.column, ElementType::kBool);
  const ValueId zero = t.build.scalar_like(0, t.last);
  t.finish(t.build.reduce_sum(t.build.where(valid, t.last, zero), {1}, false));
  t.expect_masked(false, valid);
}

TEST(MaskedMean, AProductWithTheMask) {
  MaskedText t;
  const ValueId row = t.build.transpose(t.column, {0, 2, 1});
  t.finish(t.build.squeeze(t.build.matmul(row, t.norm(t.last)), 1));
  t.expect_masked(false, row);
}

TEST(MaskedMean, AProductFromTheOtherSide) {
  MaskedText t;
  const ValueId across = t.build.transpose(t.last, {0, 2, 1});
  t.finish(t.build.squeeze(t.build.matmul(across, t.column), 2));
  t.expect_masked(false, t.column);
}

// One token is one row, whatever it was multiplied by.
TEST(MaskedMean, AClassTokenOfMaskedTokens) {
  MaskedText t;
  t.classify(t.row(t.build.mul(t.last, t.column), 0));
  EXPECT_EQ(t.read_out().kind, ReadOutKind::kClassToken);
}

// The same mask twice is that mask; two different ones are none.
TEST(MaskedMean, MaskedTwice) {
  MaskedText same, other;
  same.finish(same.build.reduce_sum(same.build.mul(same.build.mul(same.last, same.column), same.column), {1}, false));
  same.expect_masked(false, same.column);
  const ValueId second =
      other.graph.add_input("weights", ElementType::kFloat32, {other.batch(), other.axis(kCount), other.axis(1)});
  const ValueId both = other.build.mul(other.build.mul(other.last, other.column), second);
  other.finish(other.build.reduce_sum(both, {1}, false));
  EXPECT_FALSE(other.read_out().tells_rows());
}

TEST(MaskedMean, AnotherFillIsNoMean) {
  MaskedText t;
  const ValueId valid = t.build.cast(t.column, ElementType::kBool);
  t.finish(t.build.reduce_sum(t.build.where(valid, t.last, t.build.scalar_like(-1e4, t.last)), {1}, false));
  EXPECT_FALSE(t.read_out().tells_rows());
}

TEST(MaskedMean, AGateOfTheWholeWidthIsNoMask) {
  MaskedText t;
  const ValueId gate = t.build.unary("Sigmoid", t.words("other_ids", kCount));
  t.finish(t.build.reduce_sum(t.build.mul(t.last, gate), {1}, false));
  EXPECT_FALSE(t.read_out().tells_rows());
}

}  // namespace
}  // namespace pellucid::anatomy
