#include "render/colormap.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "base/check.hpp"

namespace pellucid {
namespace {

struct Definition {
  std::string name;
  bool diverging;
  std::vector<std::uint32_t> stops;  // 0xRRGGBB, evenly spaced
};

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> kDefinitions = {
      {"grey", false, {0x000000, 0xFFFFFF}},
      {"inferno",
       false,
       {0x000004, 0x1B0C41, 0x4A0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9B06, 0xF7D13D, 0xFCFFA4}},
      {"magma",
       false,
       {0x000004, 0x180F3D, 0x440F76, 0x721F81, 0x9E2F7F, 0xCD4071, 0xF1605D, 0xFD9668, 0xFECA8D, 0xFCFDBF}},
      {"orange-blue", true, {0x123FB0, 0x1F66E0, 0x4792F5, 0x82B9FA, 0xF2F2F0, 0xFFB873, 0xFD9438, 0xF27208, 0xD64F00}},
      {"red-blue", true, {0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xF7F7F7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F}},
      {"turbo",
       false,
       {0x30123B, 0x4145AB, 0x4675ED, 0x39A2FC, 0x1BCFD4, 0x24ECA6, 0x61FC6C, 0xA4FC3B, 0xD1E834, 0xF3C63A, 0xFE9B2D,
        0xF36315, 0xD93806, 0xB11901, 0x7A0403}},
      {"viridis",
       false,
       {0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725}}};
  return kDefinitions;
}

using Triple = std::array<double, 3>;

double to_linear(double s) { return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4); }
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

Rgb between(const std::vector<std::uint32_t>& stops, double place) {
  const double at = place * static_cast<double>(stops.size() - 1);
  const auto i = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  const double t = at - static_cast<double>(i);
  const Triple a = oklab(stops[i]), b = oklab(stops[i + 1]);
  return from_oklab({a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])});
}

}  // namespace

Colormap::Colormap(std::string_view name) {
  const auto& all = definitions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& d) { return d.name == name; });
  PELLUCID_CHECK(found != all.end(), kUsage, "there is no colour map '{}': choose one of {}", name,
                 fmt::join(colormap_names(), ", "));
  name_ = found->name;
  diverging_ = found->diverging;
  for (std::size_t i = 0; i < kSteps; ++i) {
    table_[i] = between(found->stops, static_cast<double>(i) / static_cast<double>(kSteps - 1));
  }
}

Rgb Colormap::at(double place) const {
  return table_[static_cast<std::size_t>(std::clamp(place, 0.0, 1.0) * static_cast<double>(kSteps - 1) + 0.5)];
}

const std::vector<std::string>& colormap_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const auto& definition : definitions()) names.push_back(definition.name);
    return names;
  }();
  return kNames;
}

Colormap default_colormap(bool signed_scores) { return Colormap(signed_scores ? "orange-blue" : "inferno"); }

}  // namespace pellucid
