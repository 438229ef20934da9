/// Half precision: bit patterns as IEEE 754 and bfloat16 define them.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include <pellucid/tensor.hpp>

namespace pellucid {
namespace {

std::vector<std::uint16_t> bits_of(const std::vector<double>& values, ElementType type) {
  const Tensor cast = Tensor(Shape{static_cast<std::int64_t>(values.size())}, values).cast(type);
  std::vector<std::uint16_t> bits(values.size());
  std::memcpy(bits.data(), cast.data(), cast.bytes());
  return bits;
}

TEST(Tensor, RoundsToTheNearestFloat16TheEvenOneOfTwo) {
  const std::vector<double> values{1, -2, 0.1, 65504, 65519, 65520, 1 + 0x1p-11, 1 + 3 * 0x1p-11, 2 - 0x1p-12};
  const std::vector<std::uint16_t> due{0x3c00, 0xc000, 0x2e66, 0x7bff, 0x7bff, 0x7c00, 0x3c00, 0x3c02, 0x4000};
  EXPECT_EQ(bits_of(values, ElementType::kFloat16), due);
}

TEST(Tensor, WritesSmallNumbersOfFloat16) {
  const std::vector<double> values{0x1p-14, 0x1p-15, 0x1p-24, 0x1p-25, 3 * 0x1p-26, -0.0, -INFINITY};
  const std::vector<std::uint16_t> due{0x0400, 0x0200, 0x0001, 0x0000, 0x0001, 0x8000, 0xfc00};
  EXPECT_EQ(bits_of(values, ElementType::kFloat16), due);
}

TEST(Tensor, RoundsToTheNearestBfloat16TheEvenOneOfTwo) {
  const std::vector<double> values{1, -2, 1 + 0x1p-8, 1 + 3 * 0x1p-8, 0.1, INFINITY};
  const std::vector<std::uint16_t> due{0x3f80, 0xc000, 0x3f80, 0x3f82, 0x3dcd, 0x7f80};
  EXPECT_EQ(bits_of(values, ElementType::kBFloat16), due);
}

TEST(Tensor, KeepsNaNInHalfPrecision) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const ElementType type : {ElementType::kFloat16, ElementType::kBFloat16})
    EXPECT_TRUE(std::isnan(Tensor(Shape{1}, std::vector<double>{nan}).cast(type).to_doubles()[0]));
}

}  // namespace
}  // namespace pellucid
