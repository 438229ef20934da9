#include "render/terminal_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace pellucid::render {
namespace {

constexpr int kComfortableWidth = 32;

/// The means of square blocks of cells, so many that at most `columns` columns are left.
ScoreMap coarser(const ScoreMap& map, std::int64_t columns) {
  const std::int64_t block = (map.columns + columns - 1) / columns;
  if (block <= 1) return map;
  ScoreMap out{(map.rows + block - 1) / block, (map.columns + block - 1) / block, {}};
  for (std::int64_t row = 0; row < out.rows; ++row) {
    for (std::int64_t column = 0; column < out.columns; ++column) {
      double sum = 0;
      std::int64_t count = 0;
      for (std::int64_t r = row * block; r < std::min((row + 1) * block, map.rows); ++r) {
        for (std::int64_t c = column * block; c < std::min((column + 1) * block, map.columns); ++c, ++count) {
          sum += map.at(r, c);
        }
      }
      out.values.push_back(sum / static_cast<double>(count));
    }
  }
  return out;
}

/// The colour of a score on a dark or light terminal: fading to a middle grey where the score is weak.
Rgb cell_colour(double score, const Scale& scale, const Colormap& colours) {
  const Rgb full = colours.at(scale.place(score));
  if (!scale.around_zero) return full;
  const double strength = std::pow(scale.strength(score), 0.7);
  const auto fade = [&](std::uint8_t value) { return static_cast<std::uint8_t>(128 + strength * (value - 128.0)); };
  return {fade(full.red), fade(full.green), fade(full.blue)};
}

}  // namespace

std::vector<std::string> coloured_map(const ScoreMap& map, const Scale& scale, const Colormap& colours, int width,
                                      ColourDepth depth) {
  const int usable = std::max(1, std::min(width, kComfortableWidth));
  const ScoreMap cells = coarser(map, usable);
  const std::int64_t size = std::max<std::int64_t>(1, usable / cells.columns);
  std::vector<std::string> lines;
  for (std::int64_t y = 0; y < cells.rows * size; y += 2) {
    std::string line;
    for (std::int64_t column = 0; column < cells.columns; ++column) {
      const Rgb upper = cell_colour(cells.at(y / size, column), scale, colours);
      line += foreground(upper, depth);
      if (y + 1 < cells.rows * size) {
        const Rgb lower = cell_colour(cells.at((y + 1) / size, column), scale, colours);
        line += background(lower, depth);
      }
      for (std::int64_t i = 0; i < size; ++i) line += "▀";
      line += kPlain;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> shaded_map(const ScoreMap& map, const Scale& scale, int width) {
  constexpr std::array<const char*, 5> kShades = {"·", "░", "▒", "▓", "█"};
  const ScoreMap cells = coarser(map, std::max(1, width / 2));
  std::vector<std::string> lines;
  for (std::int64_t row = 0; row < cells.rows; ++row) {
    std::string line;
    for (std::int64_t column = 0; column < cells.columns; ++column) {
      const double score = cells.at(row, column);
      const auto shade = static_cast<std::size_t>(std::lround(4 * scale.strength(score)));
      line += kShades[shade];
      line += shade == 0 ? " " : !scale.around_zero ? kShades[shade] : score > 0 ? "+" : "−";
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace pellucid::render
