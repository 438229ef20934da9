#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/check.hpp"
#include "inputs/image_preparation.hpp"
#include "inputs/json_file.hpp"
#include "inputs/preparation_values.hpp"
#include "inputs/processor_kind.hpp"

namespace pellucid {
namespace {

using inputs::Json;
using inputs::PreparationValues;
using inputs::ProcessorKind;
using inputs::Sizing;

/// Keys that parse_preparation acts on.
constexpr std::string_view kUsed[] = {
    "crop_size", "do_center_crop", "do_flip_channel_order", "do_normalize", "do_rescale", "do_resize", "image_mean",
    "image_std", "resample",       "rescale_factor",        "size",
};

/// Keys that change nothing for a single RGB picture.
constexpr std::string_view kInert[] = {
    "_valid_processor_keys", "auto_map",          "data_format",      "default_to_square",      "device",
    "disable_grouping",      "do_convert_rgb",    "do_reduce_labels", "feature_extractor_type", "image_processor_type",
    "image_seq_length",      "input_data_format", "pad_size",         "processor_class",        "reduce_labels",
    "return_tensors",
};

template <class List>
bool contains(const List& list, std::string_view key) {
  return std::find(std::begin(list), std::end(list), key) != std::end(list);
}

/// An unknown step that is switched on is refused; an unknown processor may hold no unknown key at all.
void check_keys(const Json& config, const ProcessorKind& kind, const std::string& name) {
  for (const auto& [key, value] : config.items()) {
    if (contains(kUsed, key) || contains(kInert, key) || value.is_null() || value == false) continue;
    if (kind.sizing == Sizing::kConvNext && key == "crop_pct") continue;
    PELLUCID_CHECK(!kind.name.empty() && !key.starts_with("do_"), kUnsupported,
                   "'{}': preparing pictures with '{}' isn't supported: give the input as a tensor", name, key);
  }
  if (!kind.name.empty()) return;
  for (const char* key : {"do_resize", "do_rescale", "do_normalize"}) {
    PELLUCID_CHECK(config.contains(key), kUnsupported,
                   "'{}': its image processor is unknown and '{}' isn't given: add it, or give the input as a tensor",
                   name, key);
  }
}

Json with_defaults(const Json& config, const ProcessorKind& kind) {
  Json merged = kind.defaults.is_object() ? kind.defaults : Json::object();
  for (const auto& [key, value] : config.items()) {
    if (!value.is_null()) merged[key] = value;
  }
  return merged;
}

/// Plain numbers become what the processor means by them.
void read_size(const PreparationValues& values, Sizing sizing, ImagePreparation& preparation) {
  const Json& size = values.at("size");
  if (size.is_number()) {
    const std::int64_t side = values.pixels(size, "size");
    if (sizing == Sizing::kUnknown) values.refuse("size", "an object (its processor is unknown)");
    if (sizing == Sizing::kSquare) preparation.size = {side, side};
    if (sizing != Sizing::kSquare) preparation.shortest_edge = side;
    return;
  }
  if (!size.is_object()) values.refuse("size", "an object or a number");
  const PreparationValues sides(size, values.name());
  if (sides.has("shortest_edge")) preparation.shortest_edge = sides.pixels(size["shortest_edge"], "shortest_edge");
  if (sides.has("longest_edge")) preparation.longest_edge = sides.pixels(size["longest_edge"], "longest_edge");
  if (preparation.shortest_edge || preparation.longest_edge) return;
  if (!sides.has("height") || !sides.has("width")) {
    values.refuse("size", "{height, width}, {shortest_edge} or {longest_edge}");
  }
  preparation.size = {sides.pixels(size["height"], "height"), sides.pixels(size["width"], "width")};
}

void read_crop(const PreparationValues& values, ImagePreparation& preparation) {
  const Json& crop = values.at("crop_size");
  if (crop.is_number()) {
    const std::int64_t side = values.pixels(crop, "crop_size");
    preparation.crop = {side, side};
    return;
  }
  const PreparationValues sides(crop, values.name());
  if (!crop.is_object() || !sides.has("height") || !sides.has("width")) {
    values.refuse("crop_size", "{height, width} or a number");
  }
  preparation.crop = {sides.pixels(crop["height"], "height"), sides.pixels(crop["width"], "width")};
}

/// ConvNextImageProcessor: below 384 a crop takes `crop_pct` of the resized picture, else it is squeezed.
void apply_convnext(const PreparationValues& values, ImagePreparation& preparation) {
  PELLUCID_CHECK(preparation.shortest_edge && !preparation.longest_edge && !preparation.crop, kUnsupported,
                 "'{}': ConvNextImageProcessor is supported with size {{shortest_edge}} alone", values.name());
  const std::int64_t edge = *preparation.shortest_edge;
  if (edge >= 384) {
    preparation.shortest_edge.reset();
    preparation.size = {edge, edge};
    return;
  }
  const double part = values.number("crop_pct");
  if (!(part > 0.0 && part <= 1.0)) values.refuse("crop_pct", "above 0 and at most 1");
  preparation.shortest_edge = static_cast<std::int64_t>(static_cast<double>(edge) / part);
  preparation.crop = {edge, edge};
}

void read_geometry(const PreparationValues& values, Sizing sizing, ImagePreparation& preparation) {
  if (values.flag("do_center_crop")) read_crop(values, preparation);
  if (!values.flag("do_resize")) return;
  read_size(values, sizing, preparation);
  preparation.filter = values.filter("resample");
  if (sizing == Sizing::kConvNext) apply_convnext(values, preparation);
  if (sizing == Sizing::kLevit && preparation.shortest_edge) {
    preparation.shortest_edge =
        static_cast<std::int64_t>(256.0 / 224.0 * static_cast<double>(*preparation.shortest_edge));
  }
}

void read_values(const PreparationValues& values, ImagePreparation& preparation) {
  preparation.rescale = values.flag("do_rescale");
  if (preparation.rescale) preparation.rescale_factor = values.number("rescale_factor");
  preparation.normalize = values.flag("do_normalize");
  preparation.flip_channels = values.flag("do_flip_channel_order");
  PELLUCID_CHECK(!preparation.normalize || !preparation.flip_channels, kUnsupported,
                 "'{}': 'do_normalize' together with 'do_flip_channel_order' isn't supported", values.name());
  if (!preparation.normalize) return;
  preparation.mean = values.channels("image_mean");
  preparation.std = values.channels("image_std");
  for (const double deviation : preparation.std) {
    if (static_cast<float>(deviation) == 0.0F) values.refuse("image_std", "above 0");
  }
}

}  // namespace

ImagePreparation parse_preparation(const std::string& json_text, const std::string& name,
                                   const std::string& model_type) {
  const Json config = parse_json_object(json_text, name);
  const auto nested = config.find("pretrained_cfg");
  if (nested != config.end() && nested->is_object()) return inputs::parse_timm_preparation(*nested, name);
  if (config.contains("input_size")) return inputs::parse_timm_preparation(config, name);
  const ProcessorKind kind = inputs::find_processor_kind(config, model_type, name);
  check_keys(config, kind, name);
  const Json merged = with_defaults(config, kind);
  const PreparationValues values(merged, name);
  ImagePreparation preparation;
  read_geometry(values, kind.sizing, preparation);
  read_values(values, preparation);
  return preparation;
}

}  // namespace pellucid
