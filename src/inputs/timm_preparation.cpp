#include <cmath>

#include "base/check.hpp"
#include "inputs/preparation_values.hpp"

namespace pellucid::inputs {
namespace {

/// timm's own defaults for keys that are absent.
const Json& defaults() {
  static const Json kDefaults = {{"crop_pct", 0.875},
                                 {"crop_mode", "center"},
                                 {"interpolation", "bicubic"},
                                 {"mean", {0.485, 0.456, 0.406}},
                                 {"std", {0.229, 0.224, 0.225}}};
  return kDefaults;
}

Extent input_size(const PreparationValues& values) {
  const Json& size = values.at("input_size");
  if (!size.is_array() || size.size() != 3 || size[0] != 3) values.refuse("input_size", "[3, height, width]");
  return {values.pixels(size[1], "input_size"), values.pixels(size[2], "input_size")};
}

}  // namespace

ImagePreparation parse_timm_preparation(const Json& config, const std::string& name) {
  Json merged = defaults();
  for (const auto& [key, value] : config.items()) {
    if (!value.is_null()) merged[key] = value;
  }
  const PreparationValues values(merged, name);
  const Extent wanted = input_size(values);
  const double part = values.number("crop_pct");
  if (!(part > 0.0 && part <= 1.0)) values.refuse("crop_pct", "above 0 and at most 1");
  const auto scaled = [&](std::int64_t side) {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(side) / part));
  };
  ImagePreparation preparation;
  if (values.at("crop_mode") == "squash") {
    preparation.size = {scaled(wanted.height), scaled(wanted.width)};
  } else {
    PELLUCID_CHECK(values.at("crop_mode") == "center" && wanted.height == wanted.width, kUnsupported,
                   "'{}': crop_mode {} for {} x {} pixels isn't supported: prepare the input tensor yourself", name,
                   values.at("crop_mode").dump(), wanted.height, wanted.width);
    preparation.shortest_edge = scaled(wanted.height);
  }
  preparation.filter = values.filter("interpolation");
  preparation.crop = wanted;
  preparation.round_crop_offset = true;
  preparation.normalize = true;
  preparation.mean = values.channels("mean");
  preparation.std = values.channels("std");
  return preparation;
}

}  // namespace pellucid::inputs
