#include "render/canvas.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace pellucid::render {

Canvas::Canvas(std::int64_t width, std::int64_t height, Rgb background) {
  PELLUCID_ASSERT(width > 0 && height > 0);
  PELLUCID_CHECK(width <= kMaxSide && height <= kMaxSide && width * height <= kMaxPixels, kUsage,
                 "a picture of {} × {} pixels is too large: ask for fewer targets or samples, or write .html", width,
                 height);
  picture_.width = width;
  picture_.height = height;
  picture_.rgb.reserve(static_cast<std::size_t>(width * height * 3));
  for (std::int64_t i = 0; i < width * height; ++i) {
    picture_.rgb.insert(picture_.rgb.end(), {background.red, background.green, background.blue});
  }
}

void Canvas::blend(std::int64_t x, std::int64_t y, Rgb colour, double opacity) {
  if (x < 0 || y < 0 || x >= picture_.width || y >= picture_.height) return;
  std::uint8_t* pixel = &picture_.rgb[static_cast<std::size_t>((y * picture_.width + x) * 3)];
  const auto mix = [&](std::uint8_t below, std::uint8_t above) {
    return static_cast<std::uint8_t>(below + opacity * (static_cast<double>(above) - below) + 0.5);
  };
  pixel[0] = mix(pixel[0], colour.red);
  pixel[1] = mix(pixel[1], colour.green);
  pixel[2] = mix(pixel[2], colour.blue);
}

void Canvas::fill(const Box& box, Rgb colour, double radius) {
  for (std::int64_t y = 0; y < box.height; ++y) {
    for (std::int64_t x = 0; x < box.width; ++x) {
      blend(box.left + x, box.top + y, colour, corner_coverage(box, radius, x, y));
    }
  }
}

void Canvas::draw(const Picture& picture, std::int64_t left, std::int64_t top, double radius) {
  const Box box{left, top, picture.width, picture.height};
  for (std::int64_t y = 0; y < box.height; ++y) {
    for (std::int64_t x = 0; x < box.width; ++x) {
      const std::uint8_t* pixel = &picture.rgb[static_cast<std::size_t>((y * box.width + x) * 3)];
      blend(left + x, top + y, {pixel[0], pixel[1], pixel[2]}, corner_coverage(box, radius, x, y));
    }
  }
}

double corner_coverage(const Box& box, double radius, std::int64_t x, std::int64_t y) {
  const auto beyond = [&](std::int64_t at, std::int64_t length) {
    const double middle = static_cast<double>(at) + 0.5, end = static_cast<double>(length);
    return std::max({0.0, radius - middle, middle - (end - radius)});
  };
  const double dx = beyond(x, box.width), dy = beyond(y, box.height);
  return dx > 0 && dy > 0 ? std::clamp(radius + 0.5 - std::hypot(dx, dy), 0.0, 1.0) : 1.0;
}

}  // namespace pellucid::render
