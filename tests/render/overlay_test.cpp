#include "render/overlay.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

#include "render/interpolate.hpp"
#include "sample.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

/// One target and sample with these scores on a grid over a picture of 8 pixels per patch.
Explanation with_scores(std::int64_t rows, std::int64_t columns, const std::vector<float>& scores) {
  Explanation e = sample_explanation(1, 1, 1);
  e.layout.rows = rows;
  e.layout.columns = columns;
  e.layout.input_height = 8 * rows;
  e.layout.input_width = 8 * columns;
  e.layout.patch_height = e.layout.patch_width = 8;
  e.layout.special = {};
  e.scores = Tensor({1, 1, rows, columns}, scores);
  e.token_scores = e.scores;
  return e;
}

Picture overlaid(const Explanation& e, const Picture& picture, const OverlayOptions& options = {}) {
  const ScoreMaps maps(e);
  const ScoreMap map = maps.map(0, 0);
  const Colormap colours = chosen_colormap(options, e.signed_scores);
  return overlay(picture, maps, map, scale_of(map, colours.diverging(), maps.pixels()), colours, options);
}

Rgb pixel(const Picture& picture, std::int64_t x, std::int64_t y) {
  const std::uint8_t* p = &picture.rgb[static_cast<std::size_t>((y * picture.width + x) * 3)];
  return {p[0], p[1], p[2]};
}

TEST(Overlay, PositiveIsWarmNegativeColdZeroShowsThePicture) {
  const Picture shown = overlaid(with_scores(1, 3, {1, 0, -1}), plain_picture(24, 8, 100), {.raw_grid = true});
  const Rgb warm = pixel(shown, 4, 4), none = pixel(shown, 12, 4), cold = pixel(shown, 20, 4);
  EXPECT_GT(warm.red, warm.blue + 80);
  EXPECT_GT(cold.blue, cold.red + 80);
  EXPECT_EQ(none.red, 116);  // 100 lifted by a tenth of the way to white
  EXPECT_EQ(none, (Rgb{116, 116, 116}));
}

TEST(Overlay, StrongerScoresHideMoreOfThePicture) {
  const Explanation e = with_scores(1, 4, {1.0F, 0.6F, 0.3F, 0.1F});
  const Picture dark = overlaid(e, plain_picture(32, 8, 0), {.raw_grid = true});
  const Picture bright = overlaid(e, plain_picture(32, 8, 255), {.raw_grid = true});
  int before = 0;
  for (const std::int64_t x : {4, 12, 20, 28}) {
    const int through = pixel(bright, x, 4).green - pixel(dark, x, 4).green;
    EXPECT_GT(through, before);
    before = through;
  }
}

TEST(Overlay, BlocksMeetWherePatchesDo) {
  const Picture shown = overlaid(with_scores(2, 2, {1, -1, -1, 1}), plain_picture(64, 64, 128), {.raw_grid = true});
  EXPECT_EQ(pixel(shown, 0, 0), pixel(shown, 31, 31));
  EXPECT_EQ(pixel(shown, 32, 0), pixel(shown, 63, 31));
  EXPECT_NE(pixel(shown, 31, 31), pixel(shown, 32, 31));
}

TEST(Overlay, NothingIsDrawnWhereNoPatchLies) {
  Explanation e = with_scores(1, 1, {1});
  e.layout.input_width = 16;  // the patch covers the left half
  const Picture shown = overlaid(e, plain_picture(16, 8, 100));
  EXPECT_EQ(pixel(shown, 8, 4), (Rgb{116, 116, 116}));
  EXPECT_NE(pixel(shown, 7, 4), (Rgb{116, 116, 116}));
}

TEST(Overlay, ConstantAndZeroMapsShowThePicture) {
  for (const bool signed_scores : {true, false}) {
    for (const float value : {0.0F, 0.25F}) {
      if (signed_scores && value != 0) continue;
      Explanation e = with_scores(2, 2, {value, value, value, value});
      e.signed_scores = signed_scores;
      EXPECT_EQ(pixel(overlaid(e, plain_picture(8, 8, 100)), 3, 3), (Rgb{116, 116, 116}));
    }
  }
}

TEST(Overlay, ScoresPerPixelOrPerChannelAreDrawn) {
  Explanation e = with_scores(1, 1, {1});
  std::vector<float> scores(64 * 3, 0.0F);
  scores[9] = 1;           // channel 0, row 1, column 1
  scores[64 + 9] = 1;      // channel 1
  scores[128 + 9] = -0.5;  // channel 2
  e.scores = e.token_scores = Tensor({1, 1, 3, 8, 8}, scores);
  const ScoreMaps maps(e);
  EXPECT_TRUE(maps.pixels());
  EXPECT_EQ(maps.map(0, 0).at(1, 1), 1.5);
  EXPECT_FALSE(maps.note().empty());
  const Picture shown = overlaid(e, plain_picture(8, 8, 100), {.raw_grid = true});
  EXPECT_GT(pixel(shown, 1, 1).red, 180);
  EXPECT_EQ(pixel(shown, 2, 2), (Rgb{116, 116, 116}));
}

TEST(Overlay, RefusesWholeAttentionMapsAndWrongOptions) {
  Explanation e = with_scores(2, 2, {1, 2, 3, 4});
  e.scores = Tensor(ElementType::kFloat32, {1, 1, 3, 5, 5});
  EXPECT_THROW(ScoreMaps{e}, Error);
  EXPECT_THROW(overlaid(with_scores(1, 1, {1}), plain_picture(8, 8, 0), {.alpha = 1.5}), Error);
}

TEST(Scale, IsSymmetricForSignedAndExactForOtherScores) {
  const ScoreMap map{1, 4, {-0.2, 0.1, 0.0, 0.5}};
  const Scale diverging = scale_of(map, true, false);
  EXPECT_EQ(diverging.low, -0.5);
  EXPECT_EQ(diverging.high, 0.5);
  EXPECT_EQ(diverging.place(0), 0.5);
  EXPECT_EQ(diverging.strength(-0.25), 0.5);
  const Scale plain = scale_of(map, false, false);
  EXPECT_EQ(plain.low, -0.2);
  EXPECT_EQ(plain.high, 0.5);
  EXPECT_FALSE(plain.saturated);
}

TEST(Scale, SinglePixelsDoNotTakeIt) {
  ScoreMap map{100, 100, std::vector<double>(10000, 0.0)};
  for (std::size_t i = 0; i < 10000; ++i) map.values[i] = std::sin(static_cast<double>(i));
  map.values[17] = 1000;
  const Scale scale = scale_of(map, true, true);
  EXPECT_LT(scale.high, 1.01);
  EXPECT_TRUE(scale.saturated);
  EXPECT_EQ(scale.strength(1000), 1);
}

TEST(Interpolation, MeetsTheScoresAndNeverLeavesTheirRange) {
  const ScoreMap map{3, 3, {0, 0, 0, 0, 1, 0, -0.5, 0, 0}};
  Places middles = {0.5, 1.5, 2.5}, fine;
  for (int i = 0; i < 60; ++i) fine.push_back((i + 0.5) / 20);
  EXPECT_EQ(read_smoothly(map, middles, middles), map.values);
  const auto smooth = read_smoothly(map, fine, fine);
  for (std::size_t i = 0; i < smooth.size(); ++i) {
    EXPECT_GE(smooth[i], -0.5);
    EXPECT_LE(smooth[i], 1.0);
    const bool upper_half = i / 60 < 30;  // no score is negative there
    EXPECT_GE(smooth[i], upper_half ? 0.0 : -0.5);
  }
}

TEST(Interpolation, IsExactForPlanesAwayFromTheBorder) {
  ScoreMap map{4, 4, {}};
  for (int i = 0; i < 16; ++i) map.values.push_back(3.0 * (i / 4) - 2.0 * (i % 4));
  const auto read = read_smoothly(map, {1.6, 2.25}, {1.75, 2.4});
  const std::vector<double> want = {3 * 1.1 - 2 * 1.25, 3 * 1.1 - 2 * 1.9, 3 * 1.75 - 2 * 1.25, 3 * 1.75 - 2 * 1.9};
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(read[i], want[i], 1e-12);
}

TEST(ShownSize, KeepsTheShape) {
  const Picture shown = shown_size(plain_picture(64, 32, 7), 448);
  EXPECT_EQ(shown.width, 448);
  EXPECT_EQ(shown.height, 224);
  EXPECT_EQ(shown_size(plain_picture(500, 300, 7), 448).width, 500);
  EXPECT_EQ(shown_size(plain_picture(3000, 30, 7), 448).width, 1024);
}

}  // namespace
}  // namespace pellucid::tests
