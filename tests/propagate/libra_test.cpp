/// LibraGrad's rules: what each must conserve, computed by the reference executor in double.

#include <gtest/gtest.h>

#include <cmath>
#include <pellucid/error.hpp>

#include "propagate/case.hpp"
#include "propagate/rule_sets.hpp"
#include "propagate/walk.hpp"
#include "support/expect_error.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;

class LibraTest : public testing::Test {
 protected:
  ValueId op(const std::string& name, const std::vector<ValueId>& inputs, const Attributes& attributes = {}) {
    return at_.build.op(name, inputs, at_.build.dims(inputs[0]), ElementType::kFloat64, attributes);
  }
  ValueId number(double value, ValueId like) { return at_.build.scalar_like(value, like); }

  /// Puts a random cotangent of two targets on y and walks back to `wanted`; all values are computed.
  void walk(ValueId y, const std::vector<ValueId>& wanted) {
    const Dims lifted = graph::with_leading(2, at_.build.dims(y));
    y_ = y;
    seed_ = at_.graph.add_input(at_.graph.fresh_name("seed"), ElementType::kFloat64, lifted);
    at_.inputs[seed_] = at_.random(graph::shape_at(lifted, kBatch), -1, 1);
    const propagate::RuleSet rules = propagate::make_rule_set("libra");
    propagate::Walk walk(at_.build, rules, 2);
    walk.run({{y, seed_}}, wanted);
    for (const ValueId value : wanted) cotangents_[value] = walk.cotangent(value);
    values_ = execute(at_.graph, at_.inputs, kBatch);
  }

  /// Σ x ⊙ g of a target; 0 where nothing arrived.
  [[nodiscard]] double relevance(ValueId x, ValueId cotangent, std::size_t target) const {
    if (cotangent == kNone) return 0;
    const std::vector<double>&of = values_.at(x).data, &g = values_.at(cotangent).data;
    double sum = 0;
    for (std::size_t i = 0; i < of.size(); ++i) sum += of[i] * g.at(target * of.size() + i);
    return sum;
  }
  [[nodiscard]] double arrived(ValueId x, std::size_t target) const { return relevance(x, cotangents_.at(x), target); }
  [[nodiscard]] double put(std::size_t target) const { return relevance(y_, seed_, target); }

  void expect_conserved(ValueId x) {
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
      EXPECT_NEAR(arrived(x, target), put(target), 1e-12 * std::abs(put(target)));
      EXPECT_GT(std::abs(put(target)), 1e-3);
    }
  }

  CaseGraph at_{ElementType::kFloat64};
  ValueId y_ = kNone, seed_ = kNone;
  std::map<ValueId, ValueId> cotangents_;
  std::map<ValueId, TensorD> values_;
};

class Activation : public LibraTest, public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(Activation, KeepsTheRelevance) {
  const ValueId x = at_.input(batched({5}), -4, 4);
  Attributes attributes;
  if (*GetParam().second != 0) attributes["approximate"] = std::string(GetParam().second);
  walk(op(GetParam().first, {x}, attributes), {x});
  expect_conserved(x);
}

INSTANTIATE_TEST_SUITE_P(Operators, Activation,
                         testing::Values(std::pair("Gelu", "none"), std::pair("Gelu", "tanh"),
                                         std::pair("HardSwish", ""), std::pair("Mish", ""), std::pair("Tanh", ""),
                                         std::pair("Sin", ""), std::pair("Relu", ""), std::pair("LeakyRelu", "")),
                         [](const auto& of) {
                           return std::string(of.param.first) + (*of.param.second != 0 ? "_" : "") + of.param.second;
                         });

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
    expect_error(ErrorCode::kUnsupported, name, [&] { LibraTest::walk(op(name, {x}), {x}); });
  expect_error(ErrorCode::kUnsupported, "Div", [&] { LibraTest::walk(op("Div", {x, z}), {x}); });
}

TEST_F(LibraTest, AHeadsOwnProbabilitiesAreRefused) {
  const ValueId x = at_.input(batched({5}));
  at_.build.set_source("/head/Softmax");
  const ValueId y = at_.build.softmax(x, -1);
  expect_error(ErrorCode::kUnsupported, "/head/Softmax", [&] { walk(y, {x}); });
}

}  // namespace
}  // namespace pellucid::tests
