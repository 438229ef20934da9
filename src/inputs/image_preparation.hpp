#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <pellucid/tensor.hpp>

#include "inputs/image.hpp"
#include "inputs/resize.hpp"

namespace pellucid {

/// A size in pixels.
struct Extent {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// How a picture becomes a model's `pixel_values`: resize, centre crop, × rescale_factor, (x − mean) / std. Plain data,
/// read from a preparation file by parse_preparation or filled from a command line. Pictures are always RGB.
struct ImagePreparation {
  /// To exactly this size. Excludes the two edges below. With none of the three, pictures keep their size.
  std::optional<Extent> size{};
  /// The shorter side to this, the other in proportion (truncated).
  std::optional<std::int64_t> shortest_edge{};
  /// Alone: the longer side to this, the other in proportion (truncated, at least 1). With `shortest_edge`: the most
  /// that the longer side may become.
  std::optional<std::int64_t> longest_edge{};
  Filter filter = Filter::kBilinear;
  /// The middle of the picture; black (0 before rescaling) where the picture is smaller.
  std::optional<Extent> crop{};
  /// Where the spare pixels of a crop are odd in number: false floors the offset (Hugging Face), true rounds it half to
  /// even (torchvision, timm).
  bool round_crop_offset = false;
  bool rescale = true;
  double rescale_factor = 1.0 / 255.0;
  bool normalize = false;
  std::array<double, 3> mean{0.0, 0.0, 0.0};
  std::array<double, 3> std{1.0, 1.0, 1.0};
  /// Channels in the order blue, green, red.
  bool flip_channels = false;
};

/// Reads a Hugging Face `preprocessor_config.json` (also old ones with `feature_extractor_type` or with sizes as plain
/// numbers) or a timm configuration (`pretrained_cfg`, or its contents). Keys that are absent take the defaults of the
/// named processor; where it names none, of the one that transformers pairs with `model_type` (of config.json).
/// `name` stands in messages. Throws Error{kBadInput} where the text is no JSON object or a value has
/// the wrong form, Error{kUnsupported} where the processor is one that prepares otherwise, asks for a step that isn't
/// known, or is unknown and does not spell out every step.
[[nodiscard]] ImagePreparation parse_preparation(const std::string& json_text, const std::string& name,
                                                 const std::string& model_type = "");

/// A picture as a model takes it, and where it came from.
struct PreparedImage {
  Tensor pixel_values;  ///< float32 [3, height, width]
  Image shown;          ///< after resize and crop, before rescaling: what the model sees
  /// The part of the original picture that `shown` covers, in pixels of the original (beyond its borders where the crop
  /// was padded).
  double crop_left = 0.0;
  double crop_top = 0.0;
  double crop_width = 0.0;
  double crop_height = 0.0;
};

/// Prepares as the `*ImageProcessorPil` classes of transformers do: `shown` equal, `pixel_values` to float32 rounding.
/// Throws Error{kBadInput} where the picture cannot be brought to that size, or `preparation` makes no sense (a size
/// below 1, a `std` of 0).
[[nodiscard]] PreparedImage prepare_image(const Image& image, const ImagePreparation& preparation);

/// What `pixel_values` holds in each of its channels where the picture is black.
[[nodiscard]] std::array<float, 3> prepared_black(const ImagePreparation& preparation);

}  // namespace pellucid
