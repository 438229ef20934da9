#include "inputs/resize.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <gtest/gtest.h>

#include "inputs/expect_error.hpp"
#include "inputs/image_bytes.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::patterned;
using Values = std::vector<std::uint8_t>;

constexpr Filter kFilters[] = {Filter::kNearest, Filter::kLanczos, Filter::kBilinear,
                               Filter::kBicubic, Filter::kBox,     Filter::kHamming};

Image grey_row(const Values& values) {
  Image image{static_cast<std::int64_t>(values.size()), 1, {}};
  for (const auto value : values) image.rgb.insert(image.rgb.end(), 3, value);
  return image;
}

Values resized_row(const Values& values, std::int64_t width, Filter filter) {
  const Image out = resize(grey_row(values), width, 1, filter);
  Values row;
  for (std::size_t i = 1; i < out.rgb.size(); i += 3) row.push_back(out.rgb[i]);
  return row;
}

TEST(Resize, KeepsFlatPictures) {
  const Image flat{6, 4, Values(6 * 4 * 3, 137)};
  for (const Filter filter : kFilters) {
    for (const auto& [width, height] : {std::pair{3, 2}, {17, 1}, {1, 1}, {40, 33}}) {
      const Image out = resize(flat, width, height, filter);
      EXPECT_EQ(out.rgb, Values(static_cast<std::size_t>(width * height) * 3, 137)) << static_cast<int>(filter);
    }
  }
}

TEST(Resize, KeepsPicturesOfThatSize) {
  const Image image = patterned(5, 7);
  for (const Filter filter : kFilters) EXPECT_EQ(resize(image, 5, 7, filter).rgb, image.rgb);
}

/// Box and nearest by hand, the others from Pillow 13.0 (`Image.resize` of one grey row).
TEST(Resize, GivesKnownValues) {
  const Values row{0, 100, 200, 50};
  EXPECT_EQ(resized_row(row, 2, Filter::kBox), (Values{50, 125}));
  EXPECT_EQ(resized_row(row, 2, Filter::kBilinear), (Values{71, 121}));
  EXPECT_EQ(resized_row(row, 2, Filter::kBicubic), (Values{68, 127}));
  EXPECT_EQ(resized_row(row, 2, Filter::kHamming), (Values{56, 124}));
  EXPECT_EQ(resized_row(row, 2, Filter::kLanczos), (Values{71, 130}));
  EXPECT_EQ(resized_row({9, 100, 200, 50}, 3, Filter::kBicubic), (Values{26, 158, 93}));
  EXPECT_EQ(resized_row({0, 100}, 4, Filter::kBilinear), (Values{0, 25, 75, 100}));
  EXPECT_EQ(resized_row({10, 20, 30, 40, 50}, 2, Filter::kNearest), (Values{20, 40}));
  EXPECT_EQ(resized_row({10, 20}, 5, Filter::kNearest), (Values{10, 10, 20, 20, 20}));
}

/// The pass that comes first shows in the rounding between the two: a single pass each way, in both orders.
TEST(Resize, OrdersItsPassesAsPillow13) {
  const auto rows_first = [](const Image& image, std::int64_t width, std::int64_t height) {
    return resize(resize(image, width, image.height, Filter::kBicubic), width, height, Filter::kBicubic).rgb;
  };
  const auto columns_first = [](const Image& image, std::int64_t width, std::int64_t height) {
    return resize(resize(image, image.width, height, Filter::kBicubic), width, height, Filter::kBicubic).rgb;
  };
  const Image image = patterned(40, 60);
  const auto resized = [&](std::int64_t width, std::int64_t height) {
    return resize(image, width, height, Filter::kBicubic).rgb;
  };
  ASSERT_NE(rows_first(image, 30, 40), columns_first(image, 30, 40));
  EXPECT_EQ(resized(30, 40), rows_first(image, 30, 40));     // 20 rows less, 10 columns less
  EXPECT_EQ(resized(30, 39), columns_first(image, 30, 39));  // 21 and 10
  EXPECT_EQ(resized(50, 59), columns_first(image, 50, 59));  // fewer rows, more columns
  EXPECT_EQ(resized(50, 70), rows_first(image, 50, 70));
}

TEST(Resize, ClipsOvershoot) {
  const Values out = resized_row({0, 0, 255, 255, 255, 0, 0}, 28, Filter::kLanczos);
  EXPECT_EQ(*std::max_element(out.begin(), out.end()), 255);
  EXPECT_EQ(*std::min_element(out.begin(), out.end()), 0);
}

/// Against the same interpolation in double without rounding in between: within the rounding of two passes.
TEST(Resize, AgreesWithBilinearInDouble) {
  const Image image = patterned(11, 8);
  const Image out = resize(image, 23, 19, Filter::kBilinear);
  for (std::int64_t y = 0; y < 19; ++y) {
    for (std::int64_t x = 0; x < 23; ++x) {
      const double sx = (static_cast<double>(x) + 0.5) * 11 / 23 - 0.5;
      const double sy = (static_cast<double>(y) + 0.5) * 8 / 19 - 0.5;
      const auto pixel = [&](double column, double row) {
        const auto c = std::clamp<std::int64_t>(static_cast<std::int64_t>(column), 0, 10);
        const auto r = std::clamp<std::int64_t>(static_cast<std::int64_t>(row), 0, 7);
        return static_cast<double>(image.rgb[static_cast<std::size_t>(3 * (r * 11 + c))]);
      };
      const double x0 = std::floor(sx);
      const double y0 = std::floor(sy);
      const double top = std::lerp(pixel(x0, y0), pixel(x0 + 1, y0), sx - x0);
      const double bottom = std::lerp(pixel(x0, y0 + 1), pixel(x0 + 1, y0 + 1), sx - x0);
      EXPECT_NEAR(out.rgb[static_cast<std::size_t>(3 * (y * 23 + x))], std::lerp(top, bottom, sy - y0), 1.01);
    }
  }
}

TEST(Resize, RefusesImpossibleSizes) {
  const Image image = patterned(2, 2);
  expect_error(ErrorCode::kBadInput, "cannot resize an image to 0 x", [&] { (void)resize(image, 0, 4, Filter::kBox); });
  expect_error(ErrorCode::kBadInput, "70000", [&] { (void)resize(image, 70000, 4, Filter::kBox); });
  expect_error(ErrorCode::kBadInput, "60000 x 60000", [&] { (void)resize(image, 60000, 60000, Filter::kNearest); });
}

}  // namespace
}  // namespace pellucid
