/// AttnLRP's rules: shares of the ordinary gradient in an attention block, and what each rule conserves.

#include <gtest/gtest.h>

#include <cmath>

#include "propagate/rule_set_fixture.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;
using Doubles = std::vector<double>;

Doubles times(Doubles values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

class AttnlrpTest : public RuleSetTest {
 protected:
  void walk(ValueId y, const std::vector<ValueId>& wanted) { RuleSetTest::walk(rules_, y, wanted); }
  /// What the ordinary gradient brings to values from the same cotangent.
  std::map<ValueId, Doubles> gradients(ValueId y, const std::vector<ValueId>& wanted) {
    RuleSetTest::walk(propagate::make_rule_set("gradient"), y, wanted);
    std::map<ValueId, Doubles> found;
    for (const ValueId x : wanted) found[x] = arrival(x);
    return found;
  }

  const propagate::RuleSet rules_ = propagate::make_rule_set("attnlrp");
};

// Queries scaled, a mask added, heads apart: q and k get a quarter of the gradient, v a half, A all of it.
TEST_F(AttnlrpTest, AttentionSharesItsGradient) {
  const Dims heads = batched({2, 4, 3});
  const ValueId q = at_.input(heads), k = at_.input(heads), v = at_.input(heads);
  const ValueId scaled = op("Mul", {q, number(1 / std::sqrt(3.0), q)});
  const ValueId masked = op("Add", {scores(scaled, k), at_.constant_of({1, 1, 1, 4}, {0, 0, 0, -1e9})});
  const ValueId a = at_.build.softmax(masked, -1), y = at_.build.matmul(a, v);
  const auto full = gradients(y, {q, k, v, a});
  walk(y, {q, k, v, a});
  expect_near(arrival(q), times(full.at(q), 0.25), 1e-12);
  expect_near(arrival(k), times(full.at(k), 0.25), 1e-12);
  expect_near(arrival(v), times(full.at(v), 0.5), 1e-12);
  expect_near(arrival(a), full.at(a), 1e-12);
  for (std::size_t target = 0; target < kTargetCount; ++target) {
    EXPECT_NEAR(arrived(v, target), put(target) / 2, 1e-10);
    EXPECT_NEAR(arrived(a, target), put(target), 1e-10);
    EXPECT_NEAR(arrived(q, target), arrived(k, target), 1e-10);
  }
}

// Prop. 3.1: x ⊙ (R − p ΣR) of a row, R = p ⊙ g; half of it is the product's behind.
TEST_F(AttnlrpTest, TheSoftmaxOfARowIsItsTaylorTerm) {
  const ValueId x = at_.input(batched({3, 4})), v = at_.input(batched({4, 4}));
  const ValueId p = at_.build.softmax(x, -1);
  walk(at_.build.matmul(p, v), {x, p});
  for (std::size_t row = 0; row < kTargetCount * kSamples * 3; ++row) {
    const std::size_t forward = row % (kSamples * 3);
    double total = 0, found = 0, expected = 0;
    for (std::size_t i = 0; i < 4; ++i) total += values_.at(p).data[4 * forward + i] * arrival(p)[4 * row + i];
    for (std::size_t i = 0; i < 4; ++i) {
      const double own = values_.at(x).data[4 * forward + i], share = values_.at(p).data[4 * forward + i];
      const double r = share * arrival(p)[4 * row + i];
      EXPECT_NEAR(own * arrival(x)[4 * row + i], own * (r - share * total) / 2, 1e-13);
      found += own * arrival(x)[4 * row + i];
      expected += own * share * (arrival(p)[4 * row + i] - total) / 2;
    }
    EXPECT_NEAR(found, expected, 1e-12);
    EXPECT_GT(std::fabs(found - total), 1e-4) << "it doesn't conserve";
  }
}

TEST_F(AttnlrpTest, AnyOtherProductOfTwoGivesHalfToEach) {
  const ValueId u = at_.input(batched({4, 3})), v = at_.input(batched({3, 5})), w = at_.input(batched({4, 3}));
  const ValueId product = at_.build.matmul(u, v), gated = op("Mul", {u, silu(w)});
  for (const auto& [y, factors] : {std::pair(product, std::vector{u, v}), std::pair(gated, std::vector{u, w})}) {
    walk(y, factors);
    for (std::size_t target = 0; target < kTargetCount; ++target)
      for (const ValueId factor : factors) EXPECT_NEAR(arrived(factor, target), put(target) / 2, 1e-12);
  }
}

// Σ x ⊙ g_in = Σ z ⊙ g − Σ b ⊙ g (eq. 8 with ε = 0).
TEST_F(AttnlrpTest, ALinearLayerKeepsAllButItsBias) {
  const ValueId x = at_.input(batched({5, 4})), w = at_.constant({4, 3}), bias = at_.constant({3});
  walk(op("Add", {at_.build.matmul(x, w), bias}), {x});
  for (std::size_t target = 0; target < kTargetCount; ++target) {
    double of_bias = 0;
    for (std::size_t i = 0; i < 15 * kSamples; ++i)
      of_bias += values_.at(bias).data[i % 3] * values_.at(seed_).data[target * 15 * kSamples + i];
    EXPECT_GT(std::fabs(of_bias), 1e-3);
    EXPECT_NEAR(arrived(x, target), put(target) - of_bias, 1e-12);
  }
}

TEST_F(AttnlrpTest, ActivationsAndNormsKeepTheRelevance) {
  const ValueId x = at_.input(batched({5}), -4, 4);
  const ValueId scale = at_.constant({5}), none = at_.constant_of({5}, Doubles(5, 0.0));
  const ValueId norm = op("LayerNormalization", {x, scale, none}, {{"axis", std::int64_t{-1}}});
  for (const ValueId y : {op("Gelu", {x}), op("Relu", {x}), op("Tanh", {x}), silu(x), norm}) {
    walk(y, {x});
    for (std::size_t target = 0; target < kTargetCount; ++target)
      EXPECT_NEAR(arrived(x, target), put(target), 1e-11) << at_.graph.producer(y)->op;
  }
}

TEST_F(AttnlrpTest, WhatHasNoRuleIsRefused) {
  const ValueId a = at_.input(batched({2, 4}), 0.5, 2), b = at_.input(batched({2, 4}), 0.5, 2);
  at_.build.set_source("/ratio/Div");
  expect_refused(rules_, op("Div", {a, b}), {a}, "Div node '/ratio/Div'");
  for (const char* name : {"Sigmoid", "Exp"}) {
    at_.build.set_source("/x");
    expect_refused(rules_, op(name, {a}), {a}, std::string(name) + " node '/x'");
  }
}

TEST_F(AttnlrpTest, AHeadsProbabilitiesHaveTheirDerivative) { expect_derivative_of_probabilities(rules_); }

}  // namespace
}  // namespace pellucid::tests
