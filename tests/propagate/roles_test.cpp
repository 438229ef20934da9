/// What operators are there for, in the forms that exporters write them.

#include "propagate/roles.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "propagate/linear.hpp"
#include "propagate/rule_set_fixture.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;
using propagate::constant_factor;
using propagate::is_attention_softmax;
using propagate::is_attention_value;
using propagate::is_bias_add;
using propagate::LinearRole;
using propagate::role_of;

class RolesTest : public RuleSetTest {
 protected:
  ValueId projected(ValueId x, std::int64_t width) {
    const std::int64_t from = at_.build.dims(x).back().size;
    const ValueId product = at_.build.matmul(x, at_.constant({from, width}));
    layers_.push_back(at_.graph.value(product).producer);
    return op("Add", {product, at_.constant({width})});
  }
  /// Rows [batch·tokens, width] through a Gemm, as GPT-2's Conv1D is exported.
  ValueId projected_rows(ValueId x, std::int64_t width) {
    const Dims dims = at_.build.dims(x);
    const ValueId rows = at_.build.reshape(x, {{dims[1].size, true}, dims[2]});
    const ValueId w = at_.constant({dims[2].size, width}), bias = at_.constant({width});
    const ValueId product = op_to({{dims[1].size, true}, {width, false}}, "Gemm", {rows, w, bias});
    layers_.push_back(at_.graph.value(product).producer);
    return at_.build.reshape(product, {dims[0], dims[1], {width, false}});
  }
  ValueId heads(ValueId x) { return at_.build.transpose(at_.build.reshape(x, batched({4, 2, 2})), {0, 2, 1, 3}); }
  /// Rotary positions: x cos + (−x₂, x₁) sin.
  ValueId rotated(ValueId x) {
    const ValueId half =
        at_.build.concat({op("Neg", {at_.build.slice(x, -1, 1, 1)}), at_.build.slice(x, -1, 0, 1)}, -1);
    return op("Add", {op("Mul", {x, at_.constant({4, 2})}), op("Mul", {half, at_.constant({4, 2})})});
  }
  ValueId attended(ValueId q, ValueId k, ValueId v) {
    const ValueId a = at_.build.softmax(at_.build.mul_scalar(scores(q, k), std::sqrt(0.5)), -1);
    return at_.build.reshape(at_.build.transpose(at_.build.matmul(a, v), {0, 2, 1, 3}), batched({4, 4}));
  }
  void expect_roles(const std::vector<LinearRole>& expected) {
    std::vector<LinearRole> found;
    for (const graph::NodeId id : layers_) found.push_back(role_of(at_.graph, at_.graph.node(id)));
    EXPECT_EQ(found, expected);
  }

  std::vector<graph::NodeId> layers_;
};

constexpr auto kAttention = LinearRole::kAttention, kMlp = LinearRole::kMlp, kHead = LinearRole::kHead;

TEST_F(RolesTest, ABlockAndAHead) {
  const ValueId x = at_.input(batched({4, 4}));
  const ValueId q = heads(projected(x, 4)), k = heads(projected(x, 4)), v = heads(projected(x, 4));
  const ValueId mid = op("Add", {x, projected(attended(q, k, v), 4)});
  const ValueId out = op("Add", {mid, projected(op("Gelu", {projected(mid, 8)}), 4)});
  (void)projected(op("Tanh", {projected(at_.build.gather(out, at_.ints({}, {0}), 1), 4)}), 3);
  expect_roles({kAttention, kAttention, kAttention, kAttention, kMlp, kMlp, kHead, kHead});
}

TEST_F(RolesTest, RotatedQueriesAndAGatedMlp) {
  const ValueId x = at_.input(batched({4, 4}));
  const ValueId q = rotated(heads(projected(x, 4))), k = rotated(heads(projected(x, 4))), v = heads(projected(x, 4));
  const ValueId mid = op("Add", {x, projected(attended(q, k, v), 4)});
  const ValueId gate = silu(projected(mid, 8)), up = projected(mid, 8);
  const ValueId out = op("Add", {mid, projected(op("Mul", {gate, up}), 4)});
  (void)projected(out, 3);
  expect_roles({kAttention, kAttention, kAttention, kAttention, kMlp, kMlp, kMlp, kHead});
}

TEST_F(RolesTest, PackedProjectionsOfRows) {
  const ValueId x = at_.input(batched({4, 4})), packed = projected_rows(x, 12);
  const auto part = [&](std::int64_t i) { return heads(at_.build.slice(packed, -1, 4 * i, 4)); };
  const ValueId mid = op("Add", {x, projected_rows(attended(part(0), part(1), part(2)), 4)});
  const ValueId wide = projected_rows(mid, 8);
  const ValueId cube = op("Mul", {op("Pow", {wide, number(3, wide)}), number(0.044715, wide)});
  const ValueId tanh = op("Tanh", {op("Mul", {op("Add", {wide, cube}), number(0.7978845608, wide)})});
  const ValueId gelu = op("Mul", {op("Mul", {wide, number(0.5, wide)}), op("Add", {tanh, number(1, wide)})});
  (void)projected(op("Add", {mid, projected_rows(gelu, 4)}), 3);
  expect_roles({kAttention, kAttention, kMlp, kMlp, kHead});
}

TEST_F(RolesTest, AttentionsSoftmaxMultipliesValues) {
  const ValueId x = at_.input(batched({4, 4})), p = at_.build.softmax(x, -1);
  const auto is_attention = [&](ValueId y) { return is_attention_softmax(at_.graph, *at_.graph.producer(y)); };
  EXPECT_FALSE(is_attention(p));
  (void)at_.build.matmul(p, at_.constant({4, 4}));
  EXPECT_FALSE(is_attention(p)) << "a product with a weight";
  const ValueId masked =
      op_to(batched({4, 4}), "Where", {at_.flags({1, 4, 4}, std::vector<double>(16, 1)), p, number(0, p)});
  const ValueId y = at_.build.matmul(masked, x);
  EXPECT_TRUE(is_attention(p));
  std::size_t probabilities = 2;
  EXPECT_TRUE(is_attention_value(at_.graph, *at_.graph.producer(y), probabilities));
  EXPECT_EQ(probabilities, 0U);
}

// Optimisers take the length before they turn the vectors, and turn both.
TEST_F(RolesTest, ANormMayBeTakenBeforeItsVectorsAreTurned) {
  const ValueId x = at_.build.reshape(at_.input(batched({4, 4})), batched({4, 2, 2}));
  const Dims lengths = batched({4, 2, 1});
  const auto turned = [this](ValueId value) { return at_.build.transpose(value, {0, 2, 1, 3}); };
  const auto length_of = [&](ValueId value) { return op_to(lengths, "ReduceL2", {value, at_.ints({1}, {-1})}); };
  std::size_t statistic = 0;
  const auto is_norm = [&](ValueId numerator, ValueId length) {
    const ValueId y = op_to(batched({2, 4, 2}), "Div", {numerator, length});
    return propagate::is_norm(at_.graph, *at_.graph.producer(y), statistic);
  };
  EXPECT_TRUE(is_norm(turned(x), turned(length_of(x))));
  EXPECT_EQ(statistic, 1U);
  const ValueId other = at_.build.reshape(at_.input(batched({4, 4})), batched({4, 2, 2}));
  EXPECT_FALSE(is_norm(turned(x), turned(length_of(other))));
}

TEST_F(RolesTest, FactorsAreFoundThroughWhatCarriesThem) {
  const ValueId x = at_.input(batched({4, 4}));
  const ValueId scaled = op("Div", {op("Mul", {x, number(3, x)}), number(8, x)});
  EXPECT_DOUBLE_EQ(constant_factor(at_.graph, heads(scaled)), 3.0 / 8);
  EXPECT_DOUBLE_EQ(constant_factor(at_.graph, heads(x)), 1);
  EXPECT_DOUBLE_EQ(constant_factor(at_.graph, op("Mul", {scaled, at_.constant({4})})), 1) << "a vector isn't a factor";
}

TEST_F(RolesTest, ABiasIsMadeOfWeights) {
  const ValueId x = at_.input(batched({2, 4})), other = at_.input(plain({4}));
  const auto is_bias = [&](ValueId b, bool first) {
    const ValueId product = at_.build.op("MatMul", {x, at_.constant({4, 4})}, batched({2, 4}), ElementType::kFloat64);
    const ValueId y = op_to(batched({2, 4}), "Add", first ? std::vector{b, product} : std::vector{product, b});
    return is_bias_add(at_.graph, *at_.graph.producer(y));
  };
  for (const bool first : {false, true}) {
    EXPECT_TRUE(is_bias(at_.constant({4}), first));
    EXPECT_TRUE(is_bias(at_.build.slice(at_.constant({12}), 0, 4, 4), first)) << "of packed projections";
    EXPECT_FALSE(is_bias(at_.constant({1, 2, 4}), first)) << "a position table";
    EXPECT_FALSE(is_bias(other, first)) << "an input";
  }
  EXPECT_FALSE(is_bias(x, false)) << "a skip connection";
}

// DeBERTa adds the biases of queries and values when the heads are split.
TEST_F(RolesTest, ABiasMayBeAddedToHeads) {
  const ValueId x = at_.input(batched({3, 4}));
  const auto split = [this](ValueId product) {
    return at_.build.transpose(at_.build.reshape(product, batched({3, 2, 2})), {0, 2, 1, 3});
  };
  const auto is_bias = [&](ValueId b, ValueId heads) {
    return is_bias_add(at_.graph, *at_.graph.producer(op_to(batched({2, 3, 2}), "Add", {heads, b})));
  };
  const auto product = [&] { return at_.build.matmul(x, at_.constant({4, 4})); };
  EXPECT_TRUE(is_bias(at_.constant({1, 2, 1, 2}), split(product())));
  EXPECT_FALSE(is_bias(at_.constant({1, 1, 3, 2}), split(product()))) << "one number for each token and feature";
  EXPECT_FALSE(is_bias(at_.constant({1, 2, 3, 2}), split(product()))) << "a table for every head";
  EXPECT_FALSE(is_bias(at_.constant({1, 2, 1, 2}), split(x))) << "no layer";
  const ValueId biased = op("Add", {product(), at_.constant({4})});
  EXPECT_FALSE(is_bias(at_.constant({1, 2, 1, 2}), split(biased))) << "a second bias";
  EXPECT_FALSE(is_bias(at_.input(plain({1, 2, 1, 2})), split(product()))) << "an input";
}

}  // namespace
}  // namespace pellucid::tests
