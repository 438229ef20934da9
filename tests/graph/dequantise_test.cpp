/// Each quantised form against the floating-point computation that it stands for, written plainly.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "graph/quantised_case.hpp"
#include "support/expect_error.hpp"

namespace pellucid::graph::tests {
namespace {

constexpr ElementType kInt8 = ElementType::kInt8, kUInt8 = ElementType::kUInt8, kInt32 = ElementType::kInt32,
                      kFloat = ElementType::kFloat32;

// Numbers that no grid of the scales below holds: what rounds would show.
const std::vector<float> kX{0.301F, -0.757F, 1.113F, -0.049F, 0.613F, 0.511F};
const std::vector<double> kXs(kX.begin(), kX.end());
const std::vector<double> kQ{-3, 5, 7, 11, -13, 2};  // [3, 2]

/// scale_j · (q_ij − zero_j) for q: [3, 2].
std::vector<double> weight(const std::vector<double>& scale, const std::vector<double>& zero) {
  std::vector<double> made;
  for (std::size_t i = 0; i < kQ.size(); ++i) made.push_back(scale[i % scale.size()] * (kQ[i] - zero[i % zero.size()]));
  return made;
}

TEST(Dequantise, APairOfActivationsIsTheIdentity) {
  QuantisedCase made({2, 3});
  const ValueId back = made.restored(made.quantised(made.x(), 0.25F, 100), 0.25F, 100);
  expect_close(made.run(made.node("Neg", {back}, {2, 3}, kFloat), kX), {-0.301, 0.757, -1.113, 0.049, -0.613, -0.511});
  EXPECT_EQ(made.count("Relu"), 0);
}

// Quantisers leave out a Relu where the lowest number is 0.
TEST(Dequantise, APairThatEndsAtZeroIsARelu) {
  QuantisedCase made({2, 3});
  expect_close(made.run(made.restored(made.quantised(made.x(), 0.25F, 0), 0.25F, 0), kX),
               {0.301, 0, 1.113, 0, 0.613, 0.511});
}

TEST(Dequantise, WhatIsNeverNegativeNeedsNoRelu) {
  QuantisedCase made({2, 3});
  const ValueId shares = made.node("Softmax", {made.x()}, {2, 3}, kFloat, {{"axis", std::int64_t{-1}}});
  std::vector<double> due;
  for (std::size_t row = 0; row < 2; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += std::exp(kXs[row * 3 + i]);
    for (std::size_t i = 0; i < 3; ++i) due.push_back(std::exp(kXs[row * 3 + i]) / sum);
  }
  expect_close(made.run(made.restored(made.quantised(shares, 0.01F, 0), 0.01F, 0), kX), due);
  EXPECT_EQ(made.count("Relu"), 0);
}

TEST(Dequantise, AScaleThatOverflowedSaysNothingOfZero) {
  QuantisedCase made({2, 3});
  const float scale = std::numeric_limits<float>::infinity();
  const ValueId back = made.restored(made.quantised(made.x(), scale, 0), scale, 0);
  expect_close(made.run(made.node("Neg", {back}, {2, 3}, kFloat), kX), {-0.301, 0.757, -1.113, 0.049, -0.613, -0.511});
}

TEST(Dequantise, WeightsPerAxis) {
  QuantisedCase made({2, 3});
  const ValueId w =
      made.node("DequantizeLinear",
                {made.whole(kInt8, {3, 2}, kQ), made.floats({2}, {0.5F, 0.25F}), made.whole(kInt8, {2}, {1, -2})},
                {3, 2}, kFloat, {{"axis", std::int64_t{1}}});
  expect_close(made.run(made.node("MatMul", {made.x(), w}, {2, 2}, kFloat), kX),
               product(kXs, weight({0.5, 0.25}, {1, -2}), 2, 3, 2));
}

TEST(Dequantise, WeightsInBlocks) {
  QuantisedCase made({2, 3});
  // Rows 0 and 1 share a scale, row 2 has its own.
  const ValueId w =
      made.node("DequantizeLinear", {made.whole(kInt8, {3, 2}, kQ), made.floats({2, 2}, {0.5F, 0.25F, 2.0F, 0.125F})},
                {3, 2}, kFloat, {{"axis", std::int64_t{0}}, {"block_size", std::int64_t{2}}});
  expect_close(made.run(made.node("MatMul", {made.x(), w}, {2, 2}, kFloat), kX),
               product(kXs, {-1.5, 1.25, 3.5, 2.75, -26, 0.25}, 2, 3, 2));
}

TEST(Dequantise, ATransposedWeightKeepsItsScales) {
  QuantisedCase made({2, 3});
  const ValueId turned = made.node("Transpose", {made.whole(kInt8, {3, 2}, kQ)}, {2, 3}, kInt8,
                                   {{"perm", std::vector<std::int64_t>{1, 0}}});
  const ValueId w = made.node("DequantizeLinear", {turned, made.floats({2}, {0.5F, 0.25F})}, {2, 3}, kFloat,
                              {{"axis", std::int64_t{0}}});
  const ValueId sum = made.node("Add", {made.x(), w}, {2, 3}, kFloat);
  const std::vector<double> v = weight({0.5, 0.25}, {0});
  expect_close(made.run(sum, kX),
               {kXs[0] + v[0], kXs[1] + v[2], kXs[2] + v[4], kXs[3] + v[1], kXs[4] + v[3], kXs[5] + v[5]});
}

/// MatMulInteger as quantize_dynamic writes it.
ValueId dynamic_product(QuantisedCase& made, ValueId scale, ValueId zero_point) {
  const std::vector<ValueId> q = made.dynamic(made.x());
  const ValueId sum =
      made.node("MatMulInteger", {q[0], made.whole(kInt8, {3, 2}, kQ), q[2], zero_point}, {2, 2}, kInt32);
  const ValueId wide = made.node("Cast", {sum}, {2, 2}, kFloat, {{"to", std::int64_t{1}}});
  const ValueId scales = made.node("Mul", {q[1], scale}, shape_at(made.graph().dims(scale), 1), kFloat);
  return made.node("Mul", {wide, scales}, {2, 2}, kFloat);
}

TEST(Dequantise, MatMulInteger) {
  QuantisedCase made({2, 3});
  const ValueId product_of = dynamic_product(made, made.scalar(0.5F), made.whole(kInt8, {}, {3}));
  expect_close(made.run(product_of, kX), product(kXs, weight({0.5}, {3}), 2, 3, 2));
  EXPECT_EQ(made.count("Mul"), 0) << "the scale belongs in the weight";
}

TEST(Dequantise, MatMulIntegerWithAScalePerColumn) {
  QuantisedCase made({2, 3});
  const ValueId product_of = dynamic_product(made, made.floats({2}, {0.5F, 0.25F}), made.whole(kInt8, {2}, {3, -1}));
  expect_close(made.run(product_of, kX), product(kXs, weight({0.5, 0.25}, {3, -1}), 2, 3, 2));
}

TEST(Dequantise, MatMulIntegerOfTwoActivations) {
  QuantisedCase made({2, 3});
  const ValueId turned =
      made.node("Transpose", {made.x()}, {3, 2}, kFloat, {{"perm", std::vector<std::int64_t>{1, 0}}});
  const std::vector<ValueId> a = made.dynamic(made.x()), b = made.dynamic(turned);
  const ValueId sum = made.node("MatMulInteger", {a[0], b[0], a[2], b[2]}, {2, 2}, kInt32);
  const ValueId wide = made.node("Cast", {sum}, {2, 2}, kFloat, {{"to", std::int64_t{1}}});
  const ValueId scales = made.node("Mul", {a[1], b[1]}, {}, kFloat);
  const std::vector<double> xt{kXs[0], kXs[3], kXs[1], kXs[4], kXs[2], kXs[5]};
  expect_close(made.run(made.node("Mul", {wide, scales}, {2, 2}, kFloat), kX), product(kXs, xt, 2, 3, 2));
}

TEST(Dequantise, ConvInteger) {
  QuantisedCase made({1, 1, 2, 3});
  const std::vector<ValueId> q = made.dynamic(made.x());
  const ValueId kernel = made.whole(kUInt8, {2, 1, 1, 2}, {10, 14, 3, 9});
  const ValueId sum = made.node("ConvInteger", {q[0], kernel, q[2], made.byte(8)}, {1, 2, 2, 2}, kInt32);
  const ValueId wide = made.node("Cast", {sum}, {1, 2, 2, 2}, kFloat, {{"to", std::int64_t{1}}});
  const ValueId scales = made.node("Mul", {q[1], made.scalar(0.5F)}, {}, kFloat);
  std::vector<double> due;
  for (const auto& [left, right] : {std::pair(1.0, 3.0), std::pair(-2.5, 0.5)})
    for (const std::size_t at : {0U, 1U, 3U, 4U}) due.push_back(left * kXs[at] + right * kXs[at + 1]);
  expect_close(made.run(made.node("Mul", {wide, scales}, {1, 2, 2, 2}, kFloat), kX), due);
}

TEST(Dequantise, RowsOfAQuantisedTable) {
  QuantisedCase made({2, 2});
  const ValueId rows = made.graph().add_constant(Tensor(Shape{2}, std::vector<std::int64_t>{2, 0}));
  const ValueId taken =
      made.node("Gather", {made.whole(kInt8, {3, 2}, kQ), rows}, {2, 2}, kInt8, {{"axis", std::int64_t{0}}});
  const ValueId real =
      made.node("DequantizeLinear", {taken, made.scalar(0.5F), made.whole(kInt8, {}, {1})}, {2, 2}, kFloat);
  expect_close(made.run(made.node("Add", {made.x(), real}, {2, 2}, kFloat), {0, 0, 0, 0}), {-7, 0.5, -2, 2});
}

TEST(Dequantise, QLinearOperatorsBetweenQuantisedValues) {
  QuantisedCase made({2, 3});
  const ValueId q = made.quantised(made.x(), 0.02F, 100);
  const ValueId w = made.whole(kInt8, {3, 2}, kQ), none = made.whole(kInt8, {}, {0});
  const ValueId y_scale = made.scalar(0.5F), y_zero = made.byte(90);
  const ValueId y =
      made.node("QLinearMatMul", {q, made.scalar(0.02F), made.byte(100), w, made.scalar(0.25F), none, y_scale, y_zero},
                {2, 2}, kUInt8);
  const ValueId sum =
      made.node("QLinearAdd", {y, y_scale, y_zero, y, y_scale, y_zero, made.scalar(0.75F), made.byte(80)}, {2, 2},
                kUInt8, {}, "com.microsoft");
  std::vector<double> due = product(kXs, weight({0.25}, {0}), 2, 3, 2);
  for (double& each : due) each *= 2;
  expect_close(made.run(made.restored(sum, 0.75F, 80), kX), due);
}

TEST(Dequantise, QLinearConvWithABias) {
  QuantisedCase made({1, 1, 2, 3});
  const ValueId y =
      made.node("QLinearConv",
                {made.quantised(made.x(), 0.5F, 100), made.scalar(0.5F), made.byte(100),
                 made.whole(kInt8, {2, 1, 1, 2}, {2, 6, -5, 1}), made.floats({2}, {0.5F, 0.25F}),
                 made.whole(kInt8, {2}, {0, 0}), made.scalar(0.125F), made.byte(77), made.whole(kInt32, {2}, {10, -6})},
                {1, 2, 2, 2}, kUInt8);
  std::vector<double> due;
  for (const std::size_t at : {0U, 1U, 3U, 4U}) due.push_back(1 * kXs[at] + 3 * kXs[at + 1] + 2.5);
  for (const std::size_t at : {0U, 1U, 3U, 4U}) due.push_back(-1.25 * kXs[at] + 0.25 * kXs[at + 1] - 0.75);
  expect_close(made.run(made.restored(y, 0.125F, 77), kX), due);
}

TEST(Dequantise, QGemmIntoFloatingPoint) {
  QuantisedCase made({2, 3});
  const ValueId y = made.contrib("QGemm",
                                 {made.quantised(made.x(), 0.5F, 100), made.scalar(0.5F), made.byte(100),
                                  made.whole(kInt8, {2, 3}, {-3, 7, -13, 5, 11, 2}), made.scalar(0.25F),
                                  made.whole(kInt8, {}, {0}), made.whole(kInt32, {2}, {8, -4})},
                                 {2, 2}, {{"transB", std::int64_t{1}}, {"alpha", 2.0F}});
  std::vector<double> due = product(kXs, weight({0.25}, {0}), 2, 3, 2);
  for (std::size_t i = 0; i < 4; ++i) due[i] = 2 * (due[i] + (i % 2 == 0 ? 8 : -4) * 0.125);
  expect_close(made.run(y, kX), due);
}

TEST(Dequantise, ProductsIntoFloatingPoint) {
  QuantisedCase made({2, 3});
  const std::vector<ValueId> q = made.dynamic(made.x());
  const ValueId w = made.whole(kInt8, {3, 2}, kQ), scale = made.floats({2}, {0.5F, 0.25F});
  const ValueId zero = made.whole(kInt8, {2}, {1, 2}), bias = made.floats({2}, {10, 20});
  const ValueId a = made.contrib("MatMulIntegerToFloat", {q[0], w, q[1], scale, q[2], zero, bias}, {2, 2});
  const ValueId b = made.contrib("DynamicQuantizeMatMul", {made.x(), w, scale, zero, bias}, {2, 2});
  std::vector<double> due = product(kXs, weight({0.5, 0.25}, {1, 2}), 2, 3, 2);
  for (std::size_t i = 0; i < 4; ++i) due[i] = 3 * (due[i] + (i % 2 == 0 ? 10 : 20));
  const ValueId twice = made.node("Add", {b, b}, {2, 2}, kFloat);
  expect_close(made.run(made.node("Add", {a, twice}, {2, 2}, kFloat), kX), due);
}

/// 18 inputs in blocks of 16, 2 outputs; the second block is half empty.
TEST(Dequantise, MatMulNBits) {
  QuantisedCase made({1, 18});
  std::vector<double> bytes, due(2);
  std::vector<float> x;
  const std::vector<double> scale{0.5, 0.25, 0.125, 2}, zero{3, 8, 0, 15};
  for (int k = 0; k < 18; ++k) x.push_back(0.1F * static_cast<float>(k - 7));
  for (int n = 0; n < 2; ++n) {
    for (int k = 0; k < 32; k += 2) bytes.push_back((5 * n + 3 * k) % 16 + 16 * ((5 * n + 3 * (k + 1)) % 16));
    for (int k = 0; k < 18; ++k) {
      const auto at = static_cast<std::size_t>(2 * n + k / 16);
      due[static_cast<std::size_t>(n)] +=
          static_cast<double>(x[static_cast<std::size_t>(k)]) * scale[at] * ((5 * n + 3 * k) % 16 - zero[at]);
    }
  }
  const ValueId y = made.contrib(
      "MatMulNBits",
      {made.x(), made.whole(kUInt8, {2, 2, 8}, bytes), made.floats({4}, {0.5F, 0.25F, 0.125F, 2}),
       made.whole(kUInt8, {2}, {3 + 16 * 8, 0 + 16 * 15})},
      {1, 2},
      {{"K", std::int64_t{18}}, {"N", std::int64_t{2}}, {"bits", std::int64_t{4}}, {"block_size", std::int64_t{16}}});
  expect_close(made.run(y, x), due);
}

TEST(Dequantise, GatherBlockQuantized) {
  QuantisedCase made({1, 32});
  std::vector<double> bytes, due;
  for (int row = 0; row < 2; ++row)
    for (int k = 0; k < 32; k += 2) bytes.push_back((row + 3 * k) % 16 + 16 * ((row + 3 * (k + 1)) % 16));
  for (int k = 0; k < 32; ++k) due.push_back((k < 16 ? 0.25 : 2) * ((1 + 3 * k) % 16 - 8));
  const ValueId row = made.graph().add_constant(Tensor(Shape{1}, std::vector<std::int64_t>{1}));
  const ValueId table = made.whole(kUInt8, {2, 16}, bytes), scales = made.floats({2, 2}, {0.5F, 1, 0.25F, 2});
  const ValueId taken = made.contrib("GatherBlockQuantized", {table, row, scales}, {1, 32},
                                     {{"bits", std::int64_t{4}},
                                      {"block_size", std::int64_t{16}},
                                      {"gather_axis", std::int64_t{0}},
                                      {"quantize_axis", std::int64_t{1}}});
  expect_close(made.run(made.node("Add", {made.x(), taken}, {1, 32}, kFloat), std::vector<float>(32)), due);
}

/// One head of width 1 over 3 tokens of width 1: q = 2x, k = 3x, v = 4x + 1.
TEST(Dequantise, QAttention) {
  QuantisedCase made({1, 3, 1});
  const std::vector<ValueId> q = made.dynamic(made.x());
  const ValueId y = made.contrib("QAttention",
                                 {q[0], made.whole(kInt8, {1, 3}, {4, 6, 8}), made.floats({3}, {0, 0, 1}), q[1],
                                  made.scalar(0.5F), kNone, q[2], made.whole(kInt8, {}, {0})},
                                 {1, 3, 1}, {{"num_heads", std::int64_t{1}}});
  const std::vector<float> x{0.3F, -0.7F, 1.1F};
  std::vector<double> due;
  for (const double query : x) {
    double sum = 0, context = 0;
    for (const double key : x) {
      sum += std::exp(6 * query * key);
      context += std::exp(6 * query * key) * (4 * key + 1);
    }
    due.push_back(context / sum);
  }
  expect_close(made.run(y, x), due);
}

TEST(Dequantise, AnotherScaleThanItWasQuantisedWithIsRefused) {
  QuantisedCase made({2, 3});
  const ValueId back = made.restored(made.quantised(made.x(), 0.25F, 100), 0.5F, 100);
  pellucid::tests::expect_error(ErrorCode::kUnsupported, "the DequantizeLinear", [&] { (void)made.run(back, kX); });
}

TEST(Dequantise, AScaleMadeOfTheDataIsRefused) {
  QuantisedCase made({2, 3});
  const ValueId scale = made.node("ReduceMax", {made.x()}, {}, kFloat, {{"keepdims", std::int64_t{0}}});
  const ValueId w = made.node("DequantizeLinear", {made.whole(kInt8, {3, 2}, kQ), scale}, {3, 2}, kFloat);
  const ValueId y = made.node("MatMul", {made.x(), w}, {2, 2}, kFloat);
  pellucid::tests::expect_error(ErrorCode::kUnsupported, "explain the float export", [&] { (void)made.run(y, kX); });
}

}  // namespace
}  // namespace pellucid::graph::tests
