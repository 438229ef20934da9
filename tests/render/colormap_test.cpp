#include "render/colormap.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

namespace pellucid::tests {
namespace {

/// Relative luminance (WCAG 2, sRGB).
double luminance(Rgb c) {
  const auto linear = [](std::uint8_t v) {
    const double s = v / 255.0;
    return s <= 0.03928 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

TEST(Colormap, SequentialMapsGrowBrighterAllTheWay) {
  for (const char* name : {"viridis", "inferno", "magma", "grey"}) {
    const Colormap map(name);
    for (std::size_t i = 1; i < Colormap::kSteps; ++i) {
      EXPECT_GE(luminance(map.table()[i]), luminance(map.table()[i - 1]) - 0.002) << name << " " << i;
    }
  }
}

TEST(Colormap, DivergingMapsAreNeutralInTheMiddleAndDarkenOutwards) {
  for (const char* name : {"orange-blue", "red-blue"}) {
    const Colormap map(name);
    EXPECT_TRUE(map.diverging());
    const Rgb middle = map.at(0.5);
    EXPECT_LE(std::abs(middle.red - middle.blue), 4);
    EXPECT_GT(middle.green, 235);
    for (std::size_t i = 129; i < Colormap::kSteps; ++i) {
      EXPECT_LE(luminance(map.table()[i]), luminance(map.table()[i - 1]) + 0.002) << name;
      EXPECT_LE(luminance(map.table()[256 - i]), luminance(map.table()[257 - i]) + 0.002) << name;
    }
    EXPECT_GT(map.at(1).red, map.at(1).blue + 60);
    EXPECT_GT(map.at(0).blue, map.at(0).red + 60);
  }
}

TEST(Colormap, MeetsKnownColours) {
  EXPECT_EQ(Colormap("viridis").at(0), (Rgb{0x44, 0x01, 0x54}));
  EXPECT_EQ(Colormap("viridis").at(1), (Rgb{0xFD, 0xE7, 0x25}));
  EXPECT_EQ(Colormap("grey").at(-3), (Rgb{0, 0, 0}));
  EXPECT_EQ(Colormap("grey").at(7), (Rgb{255, 255, 255}));
}

TEST(Colormap, ListsItsNamesWhereOneIsUnknown) {
  try {
    Colormap("jet");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    for (const auto& name : colormap_names()) EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
  }
  EXPECT_EQ(colormap_names().size(), 7U);
}

}  // namespace
}  // namespace pellucid::tests
