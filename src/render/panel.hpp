#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/font.hpp"
#include "render/overlay.hpp"

namespace pellucid::render {

/// The colours and sizes of composed pictures.
namespace look {
inline constexpr Rgb kBackground{0xFF, 0xFF, 0xFF}, kInk{0x17, 0x1A, 0x21}, kQuiet{0x66, 0x6D, 0x7A};
inline constexpr TextStyle kHeading{24, kInk, true}, kTitle{18, kInk, true}, kFacts{13, kQuiet}, kSmall{12, kQuiet};
inline constexpr TextStyle kNote{13, {0x8A, 0x4B, 0x00}};
inline constexpr std::int64_t kMargin = 36, kGap = 28, kRowGap = 34;
inline constexpr double kRadius = 10;
}  // namespace look

/// A colour bar with its numbers.
struct Legend {
  Colormap colours;
  Scale scale;
  double alpha = 1;
  bool signed_scores = true;
};

/// A picture with a title above and its legend below.
struct Panel {
  std::string title, facts;
  Picture picture;
  std::optional<Legend> legend;
  std::vector<std::string> captions;  ///< small lines at the bottom
};

/// Pixels that a panel takes: its picture's width and this height.
[[nodiscard]] std::int64_t panel_height(const Panel& panel);
void draw_panel(Canvas& canvas, const Font& font, const Panel& panel, std::int64_t left, std::int64_t top);

}  // namespace pellucid::render
