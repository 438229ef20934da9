/// The rules of plain LRP where they differ from Transformer attribution's, against their formulas in plain loops.

#include <gtest/gtest.h>

#include "propagate/replicas.hpp"
#include "propagate/rule_set_fixture.hpp"

namespace pellucid::tests {
namespace {

class LrpTest : public RuleSetTest {
 protected:
  const propagate::RuleSet rules_ = propagate::make_rule_set("lrp");
};

// Inputs and weights with zeros: outputs without positive or without negative contributions.
TEST_F(LrpTest, EachSignOfALinearLayerGetsTheWholeRelevance) {
  const ValueId w = at_.constant_of({4, 3}, {1.5, -0.5, 0, -2, 0.25, 0, 0, 1, 0, 0.75, -1.25, 0});
  const ValueId x = at_.input(batched({5, 4})), flat = at_.input(batched({4}));
  at_.inputs.at(x).data[1] = 0;
  const ValueId product = at_.build.matmul(x, w), bias = at_.constant({3});
  for (const ValueId y : {product, op("Add", {product, bias}), op_to(batched({3}), "Gemm", {flat, w, bias})}) {
    const bool gemm = at_.build.rank(y) == 2;
    const ValueId from = gemm ? flat : x;
    walk(rules_, y, {from});
    everywhere([&](std::size_t k, std::size_t b) {
      const std::size_t rows = gemm ? 1 : 5;
      const auto expected = replica::lrp_linear({rows, 4, sample(from, b)}, weight(w), {rows, 3, seed(k, b)});
      expect_near(arrival(from, k, b), expected.data, 1e-12);
    });
  }
}

TEST_F(LrpTest, ASumIsNotNormalised) {
  const ValueId u = at_.input(batched({3, 4})), v = at_.input(batched({3, 4}));
  for (const ValueId x : {u, v}) at_.inputs.at(x).data[5] = 0;
  walk(rules_, op("Add", {u, v}), {u, v});
  everywhere([&](std::size_t k, std::size_t b) {
    const auto [to_u, to_v] = replica::sum_shares(sample(u, b), sample(v, b), seed(k, b));
    expect_near(arrival(u, k, b), to_u, 1e-12);
    expect_near(arrival(v, k, b), to_v, 1e-12);
    EXPECT_EQ(b == 0 ? arrival(u, k, b)[5] : 0, 0);
  });
}

TEST_F(LrpTest, AProductGivesHalfOfItsSharesToEachFactor) {
  const ValueId a = at_.input(batched({4, 3})), c = at_.input(batched({3, 5}));
  walk(rules_, at_.build.matmul(a, c), {a, c});
  everywhere([&](std::size_t k, std::size_t b) {
    const auto [to_a, to_c] = replica::product_shares(matrix(a, b), matrix(c, b), seed_matrix(k, b));
    expect_near(arrival(a, k, b), to_a.data, 1e-11);
    expect_near(arrival(c, k, b), to_c.data, 1e-11);
  });
}

TEST_F(LrpTest, WhatHasNoRuleIsRefused) {
  const ValueId a = at_.input(batched({2, 4}), 0.5, 2), b = at_.input(batched({2, 4}), 0.5, 2);
  at_.build.set_source("/gate/Mul");
  expect_refused(rules_, op("Mul", {a, b}), {a, b}, "Mul node '/gate/Mul'");
  at_.build.set_source("/ratio/Div");
  expect_refused(rules_, op("Div", {a, b}), {a}, "Div node '/ratio/Div'");
  at_.build.set_source("/head/Softmax");
  expect_refused(rules_, at_.build.softmax(a, -1), {a}, "Softmax node '/head/Softmax'");
}

}  // namespace
}  // namespace pellucid::tests
