#include "render/ansi.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/check.hpp"

namespace pellucid::render {
namespace {

constexpr std::array<int, 6> kCubeLevels = {0, 95, 135, 175, 215, 255};

int nearest_level(std::uint8_t value) {
  int best = 0;
  for (int i = 1; i < 6; ++i) {
    const auto distance = [&](int level) { return std::abs(kCubeLevels[static_cast<std::size_t>(level)] - value); };
    if (distance(i) < distance(best)) best = i;
  }
  return best;
}

int distance(const Rgb& a, const Rgb& b) {
  const int red = a.red - b.red, green = a.green - b.green, blue = a.blue - b.blue;
  return red * red + green * green + blue * blue;
}

std::string escape(int kind, const Rgb& colour, ColourDepth depth) {
  return depth == ColourDepth::kTrue ? fmt::format("\x1b[{};2;{};{};{}m", kind, colour.red, colour.green, colour.blue)
                                     : fmt::format("\x1b[{};5;{}m", kind, nearest_of_256(colour));
}

}  // namespace

int nearest_of_256(const Rgb& colour) {
  const int cube = 16 + 36 * nearest_level(colour.red) + 6 * nearest_level(colour.green) + nearest_level(colour.blue);
  int best = cube;
  for (int grey = 232; grey < 256; ++grey) {
    if (distance(colour_of_256(grey), colour) < distance(colour_of_256(best), colour)) best = grey;
  }
  return best;
}

Rgb colour_of_256(int index) {
  PELLUCID_ASSERT(index >= 16 && index <= 255);
  if (index >= 232) {
    const auto grey = static_cast<std::uint8_t>(8 + 10 * (index - 232));
    return {grey, grey, grey};
  }
  const auto level = [&](int step) {
    return static_cast<std::uint8_t>(kCubeLevels[static_cast<std::size_t>((index - 16) / step % 6)]);
  };
  return {level(36), level(6), level(1)};
}

std::string foreground(const Rgb& colour, ColourDepth depth) { return escape(38, colour, depth); }

std::string background(const Rgb& colour, ColourDepth depth) { return escape(48, colour, depth); }

std::string painted(const TextPalette& palette, double place, ColourDepth depth) {
  const Paint paint = palette.at(place);
  if (depth == ColourDepth::kTrue) return background(paint.background, depth) + foreground(paint.ink, depth);
  const int index = palette.index_of_256(place);
  return fmt::format("\x1b[48;5;{}m", index) + foreground(readable_ink(colour_of_256(index)), depth);
}

}  // namespace pellucid::render
