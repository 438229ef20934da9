#include <cmath>

#include <gtest/gtest.h>

#include "inputs/expect_error.hpp"
#include "inputs/image_bytes.hpp"
#include "inputs/image_preparation.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::patterned;

std::uint8_t byte_at(const Image& image, std::int64_t x, std::int64_t y, std::int64_t c) {
  return image.rgb[static_cast<std::size_t>(3 * (y * image.width + x) + c)];
}

TEST(PrepareImage, WithoutStepsIsRescaledChannelsFirst) {
  const Image image = patterned(4, 3);
  const PreparedImage prepared = prepare_image(image, {});
  EXPECT_EQ(prepared.pixel_values.shape(), (Shape{3, 3, 4}));
  EXPECT_EQ(prepared.shown.rgb, image.rgb);
  const auto values = prepared.pixel_values.values<float>();
  for (std::int64_t c = 0, i = 0; c < 3; ++c) {
    for (std::int64_t y = 0; y < 3; ++y) {
      for (std::int64_t x = 0; x < 4; ++x, ++i) {
        EXPECT_FLOAT_EQ(values[static_cast<std::size_t>(i)], static_cast<float>(byte_at(image, x, y, c)) / 255.0F);
      }
    }
  }
}

TEST(PrepareImage, NormalisesEachChannel) {
  const ImagePreparation preparation{.normalize = true, .mean = {0.1, 0.2, 0.3}, .std = {1.0, 2.0, 4.0}};
  const auto prepared = prepare_image({1, 1, {51, 102, 255}}, preparation);
  const auto values = prepared.pixel_values.values<float>();
  EXPECT_NEAR(values[0], 0.1, 1e-6);
  EXPECT_NEAR(values[1], 0.1, 1e-6);
  EXPECT_NEAR(values[2], 0.7 / 4, 1e-6);
  const auto black = prepared_black(preparation);
  EXPECT_NEAR(black[0], -0.1, 1e-6);
  EXPECT_NEAR(black[2], -0.075, 1e-6);
}

TEST(PrepareImage, FlipsChannels) {
  const auto prepared = prepare_image({1, 1, {10, 20, 30}}, {.rescale = false, .flip_channels = true});
  const auto values = prepared.pixel_values.values<float>();
  EXPECT_EQ(values[0], 30.0F);
  EXPECT_EQ(values[2], 10.0F);
}

Extent shown(std::int64_t width, std::int64_t height, const ImagePreparation& preparation) {
  const auto prepared = prepare_image(patterned(width, height), preparation);
  return {prepared.shown.height, prepared.shown.width};
}

void expect_extent(const Extent& extent, std::int64_t height, std::int64_t width) {
  EXPECT_EQ(extent.height, height);
  EXPECT_EQ(extent.width, width);
}

TEST(PrepareImage, KeepsProportions) {
  expect_extent(shown(30, 20, {.shortest_edge = 7}), 7, 10);  // 10.5 truncated
  expect_extent(shown(20, 30, {.shortest_edge = 7}), 10, 7);
  expect_extent(shown(30, 20, {.longest_edge = 10}), 6, 10);
  expect_extent(shown(300, 2, {.longest_edge = 10}), 1, 10);
  expect_extent(shown(30, 20, {.shortest_edge = 10, .longest_edge = 40}), 10, 15);
  expect_extent(shown(30, 10, {.shortest_edge = 10, .longest_edge = 21}), 7, 21);
  expect_extent(shown(30, 20, {.size = Extent{5, 6}}), 5, 6);
}

/// Odd spare pixels: floored here, rounded half to even as torchvision does.
TEST(PrepareImage, CropsTheMiddle) {
  const Image image = patterned(9, 7);
  const ImagePreparation floored{.crop = Extent{4, 4}};
  ImagePreparation rounded = floored;
  rounded.round_crop_offset = true;
  const auto a = prepare_image(image, floored);  // spare 5 and 3
  EXPECT_EQ(byte_at(a.shown, 0, 0, 0), byte_at(image, 2, 1, 0));
  EXPECT_EQ(a.crop_left, 2.0);
  EXPECT_EQ(a.crop_top, 1.0);
  EXPECT_EQ(a.crop_width, 4.0);
  const auto b = prepare_image(image, rounded);
  EXPECT_EQ(byte_at(b.shown, 0, 0, 0), byte_at(image, 2, 2, 0));
}

TEST(PrepareImage, PadsSmallPicturesWithBlack) {
  const Image image = patterned(3, 2);
  const ImagePreparation preparation{.crop = Extent{5, 4}};
  const auto prepared = prepare_image(image, preparation);
  ASSERT_EQ(prepared.shown.width, 4);
  ASSERT_EQ(prepared.shown.height, 5);
  for (std::int64_t y = 0; y < 5; ++y) {
    for (std::int64_t x = 0; x < 4; ++x) {
      const bool inside = x >= 1 && y >= 2 && y < 4;  // the odd pixel of padding goes before the picture
      EXPECT_EQ(byte_at(prepared.shown, x, y, 1), inside ? byte_at(image, x - 1, y - 2, 1) : 0) << x << ' ' << y;
    }
  }
  EXPECT_EQ(prepared.crop_left, -1.0);
  EXPECT_EQ(prepared.crop_top, -2.0);
}

TEST(PrepareImage, TellsTheWindowInOriginalPixels) {
  const auto prepared = prepare_image(patterned(100, 50), {.shortest_edge = 20, .crop = Extent{10, 10}});
  EXPECT_DOUBLE_EQ(prepared.crop_left, 15 * 2.5);  // resized to 40 × 20
  EXPECT_DOUBLE_EQ(prepared.crop_top, 5 * 2.5);
  EXPECT_DOUBLE_EQ(prepared.crop_width, 25.0);
  EXPECT_DOUBLE_EQ(prepared.crop_height, 25.0);
}

TEST(PrepareImage, RefusesNonsense) {
  const Image image = patterned(3, 3);
  const auto refuse = [&](const ImagePreparation& preparation, const std::string& words) {
    expect_error(ErrorCode::kBadInput, words, [&] { (void)prepare_image(image, preparation); });
  };
  refuse({.size = Extent{0, 3}}, "at least 1 x 1");
  refuse({.size = Extent{2, 3}, .shortest_edge = 2}, "give one");
  refuse({.shortest_edge = -1}, "at least 1");
  refuse({.crop = Extent{2, -2}}, "at least 1 x 1");
  refuse({.crop = Extent{200000, 2}}, "too large");
  refuse({.normalize = true, .std = {1.0, 0.0, 1.0}}, "of channel 1 cannot normalise");
  expect_error(ErrorCode::kBadInput, "0 x 0", [] { (void)prepare_image({}, {}); });
  expect_error(ErrorCode::kBadInput, "cannot resize",
               [] { (void)prepare_image(patterned(4000, 1), {.shortest_edge = 224}); });
}

}  // namespace
}  // namespace pellucid
