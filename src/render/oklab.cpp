#include "render/oklab.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pellucid::render {
namespace {

using Triple = std::array<double, 3>;

double from_linear(double l) { return l <= 0.0031308 ? 12.92 * l : 1.055 * std::pow(l, 1 / 2.4) - 0.055; }

Triple oklab(std::uint32_t colour) {
  const double r = to_linear(static_cast<double>((colour >> 16U) & 0xFFU) / 255);
  const double g = to_linear(static_cast<double>((colour >> 8U) & 0xFFU) / 255);
  const double b = to_linear(static_cast<double>(colour & 0xFFU) / 255);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Rgb from_oklab(const Triple& lab) {
  const auto cube = [](double x) { return x * x * x; };
  const double l = cube(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2]);
  const double m = cube(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2]);
  const double s = cube(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2]);
  const auto byte = [](double linear) {
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(from_linear(linear), 0.0, 1.0)));
  };
  return {byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

}  // namespace

double to_linear(double channel) {
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

Rgb blend(const std::vector<std::uint32_t>& stops, double place) {
  const double at = place * static_cast<double>(stops.size() - 1);
  const auto i = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const double t = at - static_cast<double>(i);
  const Triple a = oklab(stops[i]), b = oklab(stops[i + 1]);
  return from_oklab({a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])});
}

}  // namespace pellucid::render
