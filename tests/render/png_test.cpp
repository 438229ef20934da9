#include "render/png_overlay.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

#include "render/font.hpp"
#include "render/png_file.hpp"
#include "sample.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

Picture decoded(const std::vector<std::byte>& png) { return decode_image(png, "test"); }

/// Pixels that are clearly warm or cold.
std::int64_t coloured(const Picture& picture, int sign) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
    count += sign * (picture.rgb[i] - picture.rgb[i + 2]) > 100;
  }
  return count;
}

TEST(Png, ReadsBackWhatWasWritten) {
  Picture picture = plain_picture(5, 3, 0);
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = static_cast<std::uint8_t>(5 * i);
  const Picture read = decoded(encode_png(picture));
  EXPECT_EQ(read.width, 5);
  EXPECT_EQ(read.height, 3);
  EXPECT_EQ(read.rgb, picture.rgb);
}

TEST(RenderPng, HasARowPerSampleAndAPanelPerTarget) {
  const std::vector<Picture> two = {plain_picture(64, 64, 90), plain_picture(64, 64, 160)};
  const Picture one = decoded(render_png(sample_explanation(1, 1, 8), {two[0]}));
  const Picture all = decoded(render_png(sample_explanation(3, 2, 8), two));
  EXPECT_EQ(all.width - one.width, 2 * (448 + 28));
  EXPECT_GT(all.height, one.height + 448);
  EXPECT_LT(all.height, one.height + 448 + 200);
}

TEST(RenderPng, ShowsBothSigns) {
  const Picture shown = decoded(render_png(sample_explanation(1, 1, 14), {plain_picture(224, 224, 128)}));
  EXPECT_GT(coloured(shown, 1), 4000);
  EXPECT_GT(coloured(shown, -1), 4000);
}

TEST(RenderPng, SameInputSameBytes) {
  const std::vector<Picture> pictures = {plain_picture(64, 48, 90)};
  EXPECT_EQ(render_png(sample_explanation(2, 1, 8), pictures), render_png(sample_explanation(2, 1, 8), pictures));
}

TEST(RenderPng, DrawsOnePanelForMethodsThatDoNotLookAtTheTarget) {
  const std::vector<Picture> pictures = {plain_picture(64, 64, 90)};
  EXPECT_EQ(decoded(render_png(sample_explanation(3, 1, 8, false), pictures)).width,
            decoded(render_png(sample_explanation(1, 1, 8), pictures)).width);
}

TEST(RenderPng, DrawsConstantScoresAndStrangeLabels) {
  Explanation e = sample_explanation(1, 1, 2);
  e.scores = Tensor(ElementType::kFloat32, {1, 1, 2, 2});
  e.certificate.notes.clear();
  e.targets[0].samples[0].label = std::string(500, 'W') + "\xFF\n− × · 猫";
  EXPECT_EQ(coloured(decoded(render_png(e, {plain_picture(64, 64, 90)})), 1), 0);
}

TEST(RenderPng, RefusesListsOfTokensAndTooManyPanels) {
  Explanation list = sample_explanation(1, 1, 4);
  list.scores = list.token_scores;
  EXPECT_THROW((void)render_png(list, {plain_picture(8, 8, 0)}), Error);
  const std::vector<Picture> many(64, plain_picture(64, 64, 0));
  try {
    (void)render_png(sample_explanation(10, 64, 2), many);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
}

TEST(RenderComparison, HasAColumnPerMethodAndARowPerTarget) {
  const std::vector<Picture> pictures = {plain_picture(64, 64, 90)};
  const Explanation a = sample_explanation(2, 1, 8), b = sample_explanation(2, 1, 8, false);
  const Picture two = decoded(render_comparison_png({a, b}, pictures));
  const Picture three = decoded(render_comparison_png({a, b, a}, pictures));
  EXPECT_EQ(three.width - two.width, 448 + 28);
  EXPECT_GT(two.height, 2 * 448);
  EXPECT_THROW((void)render_comparison_png({}, pictures), Error);
  EXPECT_THROW((void)render_comparison_png({a, sample_explanation(1, 1, 8)}, pictures), Error);
}

TEST(Font, DrawsUtf8AndShortens) {
  const Font font;
  const TextStyle style{16, {0, 0, 0}, false};
  Canvas canvas(200, 30, {255, 255, 255});
  font.draw(canvas, 4, 20, "− × · ä", style);
  std::int64_t ink = 0;
  for (const std::uint8_t value : canvas.picture().rgb) ink += value < 128;
  EXPECT_GT(ink, 30);
  EXPECT_EQ(font.fitted("short", style, 100), "short");
  const std::string cut = font.fitted("a long label that does not fit", style, 100);
  EXPECT_LE(font.width(cut, style), 100);
  EXPECT_GT(font.width(cut, style), 70);
  EXPECT_EQ(cut.substr(cut.size() - 3), "…");
  EXPECT_EQ(font.broken("one two", style, 40), (std::vector<std::string>{"one", "two"}));
}

TEST(Canvas, ClipsAndRoundsCorners) {
  Canvas canvas(20, 20, {255, 255, 255});
  canvas.fill({-5, -5, 15, 15}, {0, 0, 0});
  canvas.fill({10, 10, 10, 10}, {0, 0, 0}, 5);
  const auto grey = [&](std::size_t x, std::size_t y) { return canvas.picture().rgb[(y * 20 + x) * 3]; };
  EXPECT_EQ(grey(9, 9), 0);
  EXPECT_EQ(grey(10, 10), 255);
  EXPECT_EQ(grey(15, 15), 0);
  EXPECT_EQ(grey(19, 19), 255);
}

}  // namespace
}  // namespace pellucid::tests
