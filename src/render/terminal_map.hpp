#pragma once

#include <string>
#include <vector>

#include "render/ansi.hpp"
#include "render/colormap.hpp"
#include "render/score_map.hpp"

namespace pellucid::render {

/// Lines of coloured half blocks, at most `width` characters wide: each cell as a square as large as fits a
/// width of about 32.
[[nodiscard]] std::vector<std::string> coloured_map(const ScoreMap& map, const Scale& scale, const Colormap& colours,
                                                    int width, ColourDepth depth);

/// The same without colour: two characters per cell, a shade " ░▒▓█" and, where scores have signs, "+" or "−".
[[nodiscard]] std::vector<std::string> shaded_map(const ScoreMap& map, const Scale& scale, int width);

}  // namespace pellucid::render
