#include "explain/image_baseline.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/expect_error.hpp"

namespace pellucid::explain {
namespace {

constexpr std::int64_t kHeight = 30, kWidth = 45;

double pixel(std::int64_t b, std::int64_t c, std::int64_t y, std::int64_t x) {
  return std::sin(0.3 * static_cast<double>(y * (c + 1))) + std::cos(0.2 * static_cast<double>(x + 7 * b));
}

Tensor pictures(bool channels_last) {
  std::vector<double> values;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t i = 0; i < 3 * kHeight * kWidth; ++i)
      values.push_back(channels_last ? pixel(b, i % 3, i / 3 / kWidth, i / 3 % kWidth)
                                     : pixel(b, i / kWidth / kHeight, i / kWidth % kHeight, i % kWidth));
  const Shape shape = channels_last ? Shape{2, kHeight, kWidth, 3} : Shape{2, 3, kHeight, kWidth};
  return Tensor(shape, values);
}

/// Pixels of the picture mirrored at its borders.
double mirrored(std::int64_t b, std::int64_t c, std::int64_t y, std::int64_t x) {
  while (y < 0 || y >= kHeight) y = y < 0 ? -1 - y : 2 * kHeight - 1 - y;
  while (x < 0 || x >= kWidth) x = x < 0 ? -1 - x : 2 * kWidth - 1 - x;
  return pixel(b, c, y, x);
}

/// The sum over both axes at once.
double blurred(std::int64_t b, std::int64_t c, std::int64_t y, std::int64_t x) {
  const double sigma = 10.0 / 224 * kHeight;
  const auto reach = static_cast<std::int64_t>(std::ceil(4 * sigma));
  double sum = 0, weights = 0;
  for (std::int64_t dy = -reach; dy <= reach; ++dy)
    for (std::int64_t dx = -reach; dx <= reach; ++dx) {
      const double weight = std::exp(-static_cast<double>(dy * dy + dx * dx) / (2 * sigma * sigma));
      sum += weight * mirrored(b, c, y + dy, x + dx);
      weights += weight;
    }
  return sum / weights;
}

TEST(ImageBaseline, MeanIsOneColourForEachPicture) {
  const std::vector<double> got = image_baseline("mean", pictures(false)).to_doubles();
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (std::int64_t i = 0; i < kHeight * kWidth; ++i) sum += pixel(b, c, i / kWidth, i % kWidth);
      for (std::int64_t i = 0; i < kHeight * kWidth; ++i)
        EXPECT_NEAR(got[static_cast<std::size_t>((b * 3 + c) * kHeight * kWidth + i)], sum / (kHeight * kWidth), 1e-12);
    }
}

TEST(ImageBaseline, BlurIsGaussian) {
  const Tensor blur = image_baseline("blur", pictures(false));
  EXPECT_EQ(blur.shape(), (Shape{2, 3, kHeight, kWidth}));
  const std::vector<double> got = blur.to_doubles();
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t c = 0; c < 3; ++c)
      for (const auto& [y, x] : {std::pair{0, 0}, std::pair{3, 44}, std::pair{15, 20}, std::pair{29, 1}})
        EXPECT_NEAR(got[static_cast<std::size_t>(((b * 3 + c) * kHeight + y) * kWidth + x)], blurred(b, c, y, x),
                    1e-12);
}

TEST(ImageBaseline, TakesChannelsLast) {
  const std::vector<double> got = image_baseline("blur", pictures(true)).to_doubles();
  EXPECT_NEAR(got[static_cast<std::size_t>((15 * kWidth + 20) * 3 + 1)], blurred(0, 1, 15, 20), 1e-12);
}

TEST(ImageBaseline, NeedsAPicture) {
  tests::expect_error(ErrorCode::kUsage, "made of a picture", [] {
    (void)image_baseline("mean", Tensor(Shape{1, 5}, std::vector<double>(5)));
  });
}

}  // namespace
}  // namespace pellucid::explain
