#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pellucid::render {

/// What a reader sees as one character: a base with the marks on it, a joined emoji, a flag.
struct Cluster {
  std::u32string points;
  int width = 0;  ///< terminal cells: 0, 1 or 2
};

/// Cells of one code point alone; control characters have none.
[[nodiscard]] int point_width(char32_t point);

/// The clusters of a text, by the part of Unicode's Annex 29 that matters for cells: marks, joiners, variation
/// selectors, skin tones, pairs of regional indicators, Hangul syllables of several letters.
[[nodiscard]] std::vector<Cluster> clusters(std::u32string_view text);

/// Cells that UTF-8 text takes in a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text in at most `width` cells, "…" at the end where something was left out.
[[nodiscard]] std::string fit_width(std::string_view text, std::size_t width);

}  // namespace pellucid::render
