#include "render/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "inputs/resize.hpp"
#include "render/interpolate.hpp"

namespace pellucid::render {
namespace {

constexpr std::int64_t kLongestSide = 1024;

/// The middles of `pixels` pixels in units of cells.
Places pixel_places(std::int64_t pixels, std::int64_t cells, double covered_part) {
  Places places;
  for (std::int64_t i = 0; i < pixels; ++i) {
    const double part = (static_cast<double>(i) + 0.5) / static_cast<double>(pixels);
    places.push_back(part / covered_part * static_cast<double>(cells));
  }
  return places;
}

/// Less colour and less contrast, so that the colours of scores are read as such.
Rgb paler(const std::uint8_t* rgb) {
  constexpr double kGrey = 0.75, kLift = 0.10;
  const double luma = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  const auto channel = [&](std::uint8_t value) {
    const double grey = value + kGrey * (luma - value);
    return static_cast<std::uint8_t>(std::lround(grey + kLift * (255 - grey)));
  };
  return {channel(rgb[0]), channel(rgb[1]), channel(rgb[2])};
}

std::uint8_t mix(std::uint8_t below, std::uint8_t above, double opacity) {
  return static_cast<std::uint8_t>(std::lround(below + opacity * (static_cast<double>(above) - below)));
}

}  // namespace

Colormap chosen_colormap(const OverlayOptions& options, bool signed_scores) {
  return options.colormap.empty() ? default_colormap(signed_scores) : Colormap(options.colormap);
}

Picture shown_size(const Picture& picture, std::int64_t min_side) {
  PELLUCID_ASSERT(picture.width > 0 && picture.height > 0);
  PELLUCID_ASSERT(static_cast<std::int64_t>(picture.rgb.size()) == picture.width * picture.height * 3);
  const std::int64_t longer = std::max(picture.width, picture.height);
  const std::int64_t side = std::clamp(longer, min_side, std::max(min_side, kLongestSide));
  if (side == longer) return picture;
  const auto scaled = [&](std::int64_t length) {
    const double exact = static_cast<double>(length) * static_cast<double>(side) / static_cast<double>(longer);
    return std::max<std::int64_t>(1, std::llround(exact));
  };
  return resize(picture, scaled(picture.width), scaled(picture.height),
                side > longer ? Filter::kBicubic : Filter::kLanczos);
}

double relative_opacity(double strength) { return 1 - (1 - strength) * std::sqrt(1 - strength); }

Picture overlay(const Picture& picture, const ScoreMaps& maps, const ScoreMap& map, const Scale& scale,
                const Colormap& colours, const OverlayOptions& options) {
  PELLUCID_CHECK(options.alpha >= 0 && options.alpha <= 1, kUsage, "opacity {} is not between 0 and 1", options.alpha);
  const Places rows = pixel_places(picture.height, map.rows, maps.covered_height());
  const Places columns = pixel_places(picture.width, map.columns, maps.covered_width());
  const std::vector<double> scores =
      options.raw_grid ? read_cells(map, rows, columns) : read_smoothly(map, rows, columns);
  Picture out = picture;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool inside = rows[i / columns.size()] < static_cast<double>(map.rows) &&
                        columns[i % columns.size()] < static_cast<double>(map.columns);
    const double opacity = inside ? options.alpha * relative_opacity(scale.strength(scores[i])) : 0;
    const Rgb below = paler(&picture.rgb[3 * i]), above = colours.at(scale.place(scores[i]));
    out.rgb[3 * i] = mix(below.red, above.red, opacity);
    out.rgb[3 * i + 1] = mix(below.green, above.green, opacity);
    out.rgb[3 * i + 2] = mix(below.blue, above.blue, opacity);
  }
  return out;
}

}  // namespace pellucid::render
