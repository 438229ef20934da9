/// LibraGrad's rules: what each must conserve, computed by the reference executor in double.

#include <gtest/gtest.h>

#include <cmath>

#include "propagate/rule_set_fixture.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;

class LibraTest : public RuleSetTest {
 protected:
  void walk(ValueId y, const std::vector<ValueId>& wanted) { RuleSetTest::walk(rules_, y, wanted); }

  const propagate::RuleSet rules_ = propagate::make_rule_set("libra");
};

class Activation : public LibraTest, public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(Activation, KeepsTheRelevance) {
  const ValueId x = at_.input(batched({5}), -4, 4);
  Attributes attributes;
  if (*GetParam().second != 0) attributes["approximate"] = std::string(GetParam().second);
  walk(op(GetParam().first, {x}, attributes), {x});
  expect_conserved(x);
}

INSTANTIATE_TEST_SUITE_P(
    Operators, Activation,
    testing::Values(std::pair("Gelu", "none"), std::pair("Gelu", "tanh"), std::pair("HardSwish", ""),
                    std::pair("Mish", ""), std::pair("Tanh", ""), std::pair("Sin", ""), std::pair("Relu", ""),
                    std::pair("LeakyRelu", ""), std::pair("Asinh", ""), std::pair("Atan", ""), std::pair("Celu", ""),
                    std::pair("Elu", ""), std::pair("Selu", ""), std::pair("Shrink", ""), std::pair("Sinh", ""),
                    std::pair("Softsign", ""), std::pair("Tan", ""), std::pair("ThresholdedRelu", "")),
    [](const auto& of) { return std::string(of.param.first) + (*of.param.second != 0 ? "_" : "") + of.param.second; });

TEST_F(LibraTest, TanhNearZeroHasTheGateOne) {
  const ValueId x = at_.input(batched({1}), -1e-9, 1e-9);
  walk(op("Tanh", {x}), {x});
  const TensorD &g = values_.at(cotangents_.at(x)), &from = values_.at(seed_);
  for (std::size_t i = 0; i < g.data.size(); ++i) EXPECT_NEAR(g.data[i], from.data[i], 1e-12);
}

TEST_F(LibraTest, SiluInSingleSteps) {
  const ValueId x = at_.input(batched({5}), -4, 4);
  walk(op("Mul", {x, op("Sigmoid", {x})}), {x});
  expect_conserved(x);
}

TEST_F(LibraTest, QuickGeluInSingleSteps) {
  const ValueId x = at_.input(batched({5}), -4, 4);
  walk(op("Mul", {op("Sigmoid", {op("Mul", {x, number(1.702, x)})}), x}), {x});
  expect_conserved(x);
}

TEST_F(LibraTest, TanhGeluInSingleSteps) {
  const ValueId x = at_.input(batched({5}), -4, 4);
  const ValueId cube = op("Mul", {op("Pow", {x, number(3, x)}), number(0.044715, x)});
  const ValueId inner = op("Mul", {op("Add", {x, cube}), number(std::sqrt(2 / M_PI), x)});
  const ValueId gate = op("Add", {op("Tanh", {inner}), number(1, x)});
  walk(op("Mul", {op("Mul", {x, number(0.5, x)}), gate}), {x});
  expect_conserved(x);
}

TEST_F(LibraTest, AProductGivesHalfToEachFactor) {
  const ValueId a = at_.input(batched({5})), b = at_.input(batched({5}));
  walk(op("Mul", {a, b}), {a, b});
  for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
    EXPECT_NEAR(arrived(a, target), put(target) / 2, 1e-13);
    EXPECT_NEAR(arrived(b, target), put(target) / 2, 1e-13);
  }
}

TEST_F(LibraTest, AProductWithAConstantGoesWholeToTheOther) {
  const ValueId a = at_.input(batched({5})), b = at_.constant({5});
  walk(op("Mul", {a, b}), {a});
  expect_conserved(a);
}

TEST_F(LibraTest, ALayerNormKeepsAllButItsBias) {
  const ValueId x = at_.input(batched({7})), scale = at_.constant({7}), bias = at_.constant({7});
  walk(op("LayerNormalization", {x, scale, bias}, {{"axis", std::int64_t{-1}}}), {x});
  const TensorD &g = values_.at(seed_), &beta = values_.at(bias);
  for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
    double of_bias = 0;
    for (std::size_t i = 0; i < 7 * kBatch; ++i) of_bias += beta.data[i % 7] * g.data[target * 7 * kBatch + i];
    EXPECT_NEAR(arrived(x, target), put(target) - of_bias, 1e-11);
  }
}

TEST_F(LibraTest, SeluNearZeroHasTheGateOfItsSide) {
  const ValueId x = input_of(batched({2}), {-1e-9, 1e-9});
  walk(op("Selu", {x}), {x});
  const TensorD &g = values_.at(cotangents_.at(x)), &from = values_.at(seed_);
  const double gamma = 1.05070102214813232421875, alpha = 1.67326319217681884765625;
  for (std::size_t i = 0; i < g.data.size(); ++i)
    EXPECT_NEAR(g.data[i], from.data[i] * gamma * (i % 2 == 0 ? alpha : 1), 1e-8);
}

TEST_F(LibraTest, NormsWithoutABiasKeepTheRelevance) {
  const ValueId x = at_.input(batched({4, 3}));
  const ValueId zeros = at_.constant_of({4}, {0, 0, 0, 0}), scale = at_.constant({4}, 0.5);
  for (const ValueId y : {op("LpNormalization", {x}), op("LpNormalization", {x}, {{"p", 1L}, {"axis", 1L}}),
                          op("MeanVarianceNormalization", {x}, {{"axes", std::vector<std::int64_t>{1, 2}}}),
                          op("InstanceNormalization", {x, scale, zeros}),
                          op("GroupNormalization", {x, scale, zeros}, {{"num_groups", 2L}})}) {
    walk(y, {x});
    expect_conserved(x);
  }
}

TEST_F(LibraTest, ANormOfRootMeanSquaresKeepsTheRelevance) {
  const ValueId x = at_.input(batched({7}));
  const ValueId mean = at_.build.reduce_mean(op("Mul", {x, x}), {-1}, true);
  const ValueId root = at_.build.unary("Sqrt", at_.build.add(mean, number(1e-6, x)));
  walk(op("Mul", {op("Mul", {x, at_.build.unary("Reciprocal", root)}), at_.constant({7})}), {x});
  expect_conserved(x);
}

TEST_F(LibraTest, ADivisionByTheLengthKeepsTheRelevance) {
  const ValueId x = at_.input(batched({7}));
  const ValueId length = at_.build.unary("Sqrt", at_.build.reduce_sum(op("Mul", {x, x}), {-1}, true));
  walk(op("Div", {x, length}), {x});
  expect_conserved(x);
}

TEST_F(LibraTest, AttentionGoesToItsValues) {
  const ValueId q = at_.input(batched({4, 3})), k = at_.input(batched({4, 3})), v = at_.input(batched({4, 3}));
  const ValueId a = at_.build.softmax(at_.build.matmul(q, at_.build.transpose_last(k)), -1);
  walk(at_.build.matmul(a, v), {q, k, v, a});
  EXPECT_EQ(cotangents_.at(q), kNone);
  EXPECT_EQ(cotangents_.at(k), kNone);
  expect_conserved(v);
  for (const std::size_t target : {std::size_t{0}, std::size_t{1}})
    EXPECT_NEAR(arrived(a, target), put(target), 1e-12) << "the probabilities keep their own cotangent";
}

TEST_F(LibraTest, WhatKeepsNoScaleIsRefused) {
  const ValueId x = at_.input(batched({5}), 0.5, 2), z = at_.input(batched({5}), 0.5, 2);
  for (const char* name : {"Sigmoid", "Exp", "Log", "Sqrt", "Softplus"})
    expect_refused(rules_, op(name, {x}), {x}, name);
  expect_refused(rules_, op("Div", {x, z}), {x}, "Div");
}

TEST_F(LibraTest, AHeadsOwnProbabilitiesAreRefused) {
  const ValueId x = at_.input(batched({5}));
  at_.build.set_source("/head/Softmax");
  expect_refused(rules_, at_.build.softmax(x, -1), {x}, "/head/Softmax");
}

}  // namespace
}  // namespace pellucid::tests
