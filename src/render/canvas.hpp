#pragma once

#include <cstdint>

#include "render/colormap.hpp"
#include "render/picture.hpp"

namespace pellucid::render {

/// A rectangle of pixels.
struct Box {
  std::int64_t left = 0, top = 0, width = 0, height = 0;
};

/// A picture to draw on. What lies outside is not drawn.
class Canvas {
 public:
  /// Throws Error{kUsage} where the picture would have more than kMaxPixels pixels.
  Canvas(std::int64_t width, std::int64_t height, Rgb background);

  [[nodiscard]] const Picture& picture() const noexcept { return picture_; }
  /// Mixes a colour into one pixel; `opacity` in [0, 1].
  void blend(std::int64_t x, std::int64_t y, Rgb colour, double opacity);
  /// Filled, with round corners.
  void fill(const Box& box, Rgb colour, double radius = 0);
  /// A picture at its own size, with round corners.
  void draw(const Picture& picture, std::int64_t left, std::int64_t top, double radius = 0);

 private:
  Picture picture_;
};

/// How much of the pixel at (x, y), counted from the box's corner, lies inside the box with round corners.
[[nodiscard]] double corner_coverage(const Box& box, double radius, std::int64_t x, std::int64_t y);

}  // namespace pellucid::render
