/// CP-LRP's rules: attention and gates as constants.

#include <gtest/gtest.h>

#include "propagate/rule_set_fixture.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;

class CpLrpTest : public RuleSetTest {
 protected:
  void walk(ValueId y, const std::vector<ValueId>& wanted) { RuleSetTest::walk(rules_, y, wanted); }
  ValueId attention(ValueId x) {
    const auto projected = [&] { return at_.build.matmul(x, at_.constant({3, 3})); };
    const ValueId q = projected(), k = projected(), v = projected();
    probabilities_ = at_.build.softmax(scores(q, k), -1);
    return at_.build.matmul(probabilities_, v);
  }

  const propagate::RuleSet rules_ = propagate::make_rule_set("cp-lrp");
  ValueId probabilities_ = kNone;
};

TEST_F(CpLrpTest, AttentionIsAConstant) {
  const ValueId q = at_.input(batched({4, 3})), k = at_.input(batched({4, 3})), v = at_.input(batched({4, 3}));
  const ValueId a = at_.build.softmax(scores(q, k), -1);
  walk(at_.build.matmul(a, v), {q, k, v, a});
  EXPECT_EQ(cotangents_.at(q), kNone);
  EXPECT_EQ(cotangents_.at(k), kNone);
  expect_conserved(v);
  for (std::size_t target = 0; target < kTargetCount; ++target)
    EXPECT_NEAR(arrived(a, target), put(target), 1e-12) << "the probabilities keep their own cotangent";
}

TEST_F(CpLrpTest, AGatedProductGoesWholeToTheOtherFactor) {
  const ValueId u = at_.input(batched({5})), w = at_.input(batched({5}));
  for (const ValueId gate : {silu(w), op("Gelu", {w}), op("Sigmoid", {w})}) {
    for (const ValueId y : {op("Mul", {u, gate}), op("Mul", {gate, u})}) {
      walk(y, {u, w});
      EXPECT_EQ(cotangents_.at(w), kNone);
      everywhere([&](std::size_t k, std::size_t b) {
        std::vector<double> expected = seed(k, b);
        for (std::size_t i = 0; i < 5; ++i) expected[i] *= sample(gate, b)[i];
        expect_near(arrival(u, k, b), expected, 1e-15);
      });
    }
  }
}

// What is gate and what is gated must be seen: neither factor, or both, comes from an activation.
TEST_F(CpLrpTest, AProductWithoutOneGateIsRefused) {
  const ValueId u = at_.input(batched({5})), w = at_.input(batched({5}));
  at_.build.set_source("/mlp/Mul");
  expect_refused(rules_, op("Mul", {u, w}), {u, w}, "Mul node '/mlp/Mul'");
  const ValueId both = op("Mul", {op("Gelu", {u}), op("Gelu", {w})});
  expect_refused(rules_, both, {u, w}, "Mul node '/mlp/Mul'");
}

TEST_F(CpLrpTest, WhatHasNoRuleIsRefused) {
  const ValueId a = at_.input(batched({2, 4}), 0.5, 2), b = at_.input(batched({2, 4}), 0.5, 2);
  at_.build.set_source("/ratio/Div");
  expect_refused(rules_, op("Div", {a, b}), {a}, "Div node '/ratio/Div'");
}

TEST_F(CpLrpTest, AHeadsProbabilitiesHaveTheirDerivative) { expect_derivative_of_probabilities(rules_); }

// activation=gradient: but for attention, which stands still, the walk is the derivative.
TEST_F(CpLrpTest, WithGradientsOfActivationsOnlyAttentionStandsStill) {
  const ValueId x = at_.input(batched({4, 3}));
  const ValueId hidden = op("Add", {x, attention(x)}), wide = at_.build.matmul(hidden, at_.constant({3, 6}));
  const ValueId gelu = op("Gelu", {wide}), swish = silu(wide), tanh = op("Tanh", {wide});
  const ValueId y =
      op("Add", {at_.build.matmul(op("Add", {op("Add", {gelu, swish}), tanh}), at_.constant({6, 3})), hidden});
  const std::map<ValueId, TensorD> forward_inputs = at_.inputs;
  const graph::Graph forward = at_.graph;
  propagate::RuleOptions options;
  options.gradient_activations = true;
  RuleSetTest::walk(propagate::make_rule_set("cp-lrp", options), y, {x});
  constexpr double kStep = 1e-5;
  const auto moved = [&](std::size_t i, double by) {
    std::map<ValueId, TensorD> inputs = forward_inputs;
    inputs.at(x).data[i] += by;
    inputs[probabilities_] = values_.at(probabilities_);
    return execute(forward, inputs, kBatch).at(y).data;
  };
  const std::size_t size = values_.at(y).data.size();
  std::vector<double> expected(kTargetCount * size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    const auto above = moved(i, kStep), below = moved(i, -kStep);
    for (std::size_t j = 0; j < expected.size(); ++j)
      expected[j / size * size + i] += values_.at(seed_).data[j] * (above[j % size] - below[j % size]) / (2 * kStep);
  }
  expect_near(arrival(x), expected, 1e-8);
}

}  // namespace
}  // namespace pellucid::tests
