#include "render/text_palette.hpp"

#include <gtest/gtest.h>

#include "render/ansi.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

constexpr Rgb kBlack{0, 0, 0}, kWhite{255, 255, 255};

std::vector<TextPalette> palettes(bool dark) {
  return {
      {true, TextColours::kRedBlue, dark}, {true, TextColours::kGreenRed, dark}, {false, TextColours::kRedBlue, dark}};
}

TEST(TextPalette, EveryColourCanBeReadOn) {
  for (const bool dark : {false, true}) {
    for (const TextPalette& palette : palettes(dark)) {
      for (const Paint& paint : palette.table()) EXPECT_GE(contrast(paint.background, paint.ink), 4.5);
    }
  }
}

TEST(TextPalette, The256ColoursCanBeReadOnToo) {
  for (int i = 16; i < 256; ++i) EXPECT_GE(contrast(colour_of_256(i), readable_ink(colour_of_256(i))), 4.5) << i;
}

/// Whether contrast with the paper grows with the size of the place, never falling back.
template <class ColourOf>
void expect_monotone(const ColourOf& colour, bool dark, int steps) {
  const Rgb paper = dark ? kBlack : kWhite;
  for (const double sign : {-1.0, 1.0}) {
    if (colour(sign) == colour(0)) continue;  // without signs
    for (int i = 1; i <= steps; ++i) {
      const double weak = contrast(colour(sign * (i - 1) / steps), paper);
      EXPECT_GT(contrast(colour(sign * i / steps), paper), weak) << dark << " " << sign * i;
    }
  }
}

TEST(TextPalette, LightnessFollowsTheSizeOfTheScore) {
  for (const bool dark : {false, true}) {
    for (const TextPalette& palette : palettes(dark)) {
      expect_monotone([&](double place) { return palette.at(place).background; }, dark, 32);
      expect_monotone([&](double place) { return colour_of_256(palette.index_of_256(place)); }, dark, dark ? 5 : 6);
    }
  }
}

TEST(TextPalette, RedSupportsAndBlueOpposes) {
  const TextPalette usual(true, TextColours::kRedBlue, false), captum(true, TextColours::kGreenRed, false);
  EXPECT_GT(usual.at(1).background.red, usual.at(1).background.blue);
  EXPECT_GT(usual.at(-1).background.blue, usual.at(-1).background.red);
  EXPECT_GT(captum.at(1).background.green, captum.at(1).background.red);
  EXPECT_GT(captum.at(-1).background.red, captum.at(-1).background.green);
  EXPECT_EQ(usual.at(0).background, kWhite);
  EXPECT_EQ(usual.at(7).background, usual.at(1).background);
  EXPECT_EQ(colour_word(true, TextColours::kRedBlue, true), "red");
  EXPECT_EQ(colour_word(true, TextColours::kGreenRed, false), "red");
}

TEST(TextPalette, WithoutSignsThereIsOneHue) {
  const TextPalette palette(false, TextColours::kRedBlue, false);
  EXPECT_EQ(palette.at(-1).background, kWhite);
  EXPECT_NE(palette.at(1).background, kWhite);
}

TEST(TextPalette, ContrastAsWcagDefinesIt) {
  EXPECT_NEAR(contrast(kBlack, kWhite), 21, 1e-9);
  EXPECT_NEAR(contrast({0x77, 0x77, 0x77}, kWhite), 4.478, 1e-3);
}

TEST(Ansi, NearestOf256Colours) {
  EXPECT_EQ(nearest_of_256(kBlack), 16);
  EXPECT_EQ(nearest_of_256(kWhite), 231);
  EXPECT_EQ(nearest_of_256({255, 0, 0}), 196);
  EXPECT_EQ(nearest_of_256({96, 134, 176}), 67);
  EXPECT_EQ(nearest_of_256({19, 18, 17}), 233);
  for (int i = 16; i < 256; ++i) EXPECT_EQ(colour_of_256(nearest_of_256(colour_of_256(i))), colour_of_256(i));
}

}  // namespace
}  // namespace pellucid::tests
