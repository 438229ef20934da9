#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pellucid::render {

/// Text with escapes, to be broken into lines.
struct StyledRun {
  std::string text;       ///< visible text; a line feed ends the line
  std::string escape;     ///< what switches its style on; "": plain
  bool together = false;  ///< not broken at its spaces where that can be avoided
};

/// The runs as lines of at most `width` cells, broken at spaces and beside characters of two cells, a longer stretch
/// anywhere. Every line switches off what it switched on. With `paper`, an escape, lines are filled up to `width` in
/// that style and plain runs stand on it.
[[nodiscard]] std::vector<std::string> broken_into_lines(const std::vector<StyledRun>& runs, std::size_t width,
                                                         const std::string& paper = "");

}  // namespace pellucid::render
