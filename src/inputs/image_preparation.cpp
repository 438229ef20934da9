#include "inputs/image_preparation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/check.hpp"

namespace pellucid {
namespace {

void check_extent(const Extent& extent, const char* what) {
  PELLUCID_CHECK(extent.height > 0 && extent.width > 0, kBadInput, "image {} {} x {} must be at least 1 x 1", what,
                 extent.height, extent.width);
}

void check_preparation(const ImagePreparation& p) {
  PELLUCID_CHECK(!p.size || (!p.shortest_edge && !p.longest_edge), kBadInput,
                 "image size is given both exactly and by an edge: give one");
  if (p.size) check_extent(*p.size, "size");
  if (p.crop) check_extent(*p.crop, "crop size");
  for (const auto& edge : {p.shortest_edge, p.longest_edge}) {
    PELLUCID_CHECK(!edge || *edge > 0, kBadInput, "image edge {} must be at least 1", *edge);
  }
  for (std::size_t c = 0; c < 3 && p.normalize; ++c) {
    PELLUCID_CHECK(std::isfinite(p.mean[c]) && std::isfinite(p.std[c]) && static_cast<float>(p.std[c]) != 0.0F,
                   kBadInput, "image mean {} or standard deviation {} of channel {} cannot normalise", p.mean[c],
                   p.std[c], c);
  }
}

/// `edge · other / side`, truncated.
std::int64_t in_proportion(std::int64_t edge, std::int64_t other, std::int64_t side) { return edge * other / side; }

Extent with_shorter(const Image& image, std::int64_t shorter, std::int64_t longer) {
  return image.width <= image.height ? Extent{longer, shorter} : Extent{shorter, longer};
}

/// Both edges given: the shorter side, unless the longer one would exceed its limit (`get_size_with_aspect_ratio` of
/// transformers).
Extent within_edges(const Image& image, std::int64_t shortest, std::int64_t longest) {
  const auto [low, high] = std::minmax(image.width, image.height);
  const auto small = static_cast<double>(low);
  const auto large = static_cast<double>(high);
  double exact = static_cast<double>(shortest);
  std::int64_t shorter = shortest;
  if (large / small * exact > static_cast<double>(longest)) {
    exact = static_cast<double>(longest) * small / large;
    shorter = static_cast<std::int64_t>(std::nearbyint(exact));
  }
  if (low == shorter) return {image.height, image.width};
  return with_shorter(image, shorter, static_cast<std::int64_t>(exact * large / small));
}

Extent resized_extent(const Image& image, const ImagePreparation& p) {
  if (p.size) return *p.size;
  const auto [low, high] = std::minmax(image.width, image.height);
  if (p.shortest_edge && p.longest_edge) return within_edges(image, *p.shortest_edge, *p.longest_edge);
  if (p.shortest_edge) return with_shorter(image, *p.shortest_edge, in_proportion(*p.shortest_edge, high, low));
  if (p.longest_edge) {
    const std::int64_t shorter = std::max<std::int64_t>(1, in_proportion(*p.longest_edge, low, high));
    return with_shorter(image, shorter, *p.longest_edge);
  }
  return {image.height, image.width};
}

/// The first pixel of a centred crop; negative where the picture is smaller.
std::int64_t crop_offset(std::int64_t size, std::int64_t crop, bool round) {
  const std::int64_t spare = size - crop;
  if (!round) return spare >= 0 ? spare / 2 : -((1 - spare) / 2);
  return spare >= 0 ? static_cast<std::int64_t>(std::nearbyint(static_cast<double>(spare) / 2.0)) : -(-spare / 2);
}

Image crop_at(const Image& image, std::int64_t left, std::int64_t top, const Extent& extent) {
  Image out{extent.width, extent.height, {}};
  PELLUCID_CHECK(extent.width <= kMaxSide && extent.height <= kMaxSide && extent.width * extent.height <= kMaxPixels,
                 kBadInput, "image crop size {} x {} is too large", extent.height, extent.width);
  out.rgb.resize(static_cast<std::size_t>(extent.width * extent.height) * 3);
  const std::int64_t first = std::max<std::int64_t>(0, -left);
  const std::int64_t count = std::min(extent.width, image.width - left) - first;
  for (std::int64_t y = 0; y < extent.height && count > 0; ++y) {
    const std::int64_t from = y + top;
    if (from < 0 || from >= image.height) continue;
    std::copy_n(image.rgb.data() + 3 * (from * image.width + left + first), 3 * count,
                out.rgb.data() + 3 * (y * extent.width + first));
  }
  return out;
}

/// One 8-bit value of colour channel `c` as the model takes it: the product in double, then float32 throughout.
float prepared_value(const ImagePreparation& p, std::size_t c, int value) {
  const float scaled = p.rescale ? static_cast<float>(value * p.rescale_factor) : static_cast<float>(value);
  return p.normalize ? (scaled - static_cast<float>(p.mean[c])) / static_cast<float>(p.std[c]) : scaled;
}

/// The colour channel that output channel `c` holds. Normalisation comes before the flip, so its numbers follow
/// colours.
std::size_t colour_of(const ImagePreparation& p, std::size_t c) { return p.flip_channels ? 2 - c : c; }

Tensor to_tensor(const Image& image, const ImagePreparation& p) {
  Tensor tensor(ElementType::kFloat32, {3, image.height, image.width});
  auto out = tensor.mutable_values<float>().begin();
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t colour = colour_of(p, c);
    std::array<float, 256> table{};
    for (int value = 0; value < 256; ++value) table[static_cast<std::size_t>(value)] = prepared_value(p, colour, value);
    for (std::size_t i = colour; i < image.rgb.size(); i += 3) *out++ = table[image.rgb[i]];
  }
  return tensor;
}

}  // namespace

PreparedImage prepare_image(const Image& image, const ImagePreparation& preparation) {
  check_preparation(preparation);
  PELLUCID_CHECK(image.width > 0 && image.height > 0, kBadInput, "an image of {} x {} pixels cannot be prepared",
                 image.width, image.height);
  const Extent extent = resized_extent(image, preparation);
  PreparedImage prepared;
  prepared.shown = resize(image, extent.width, extent.height, preparation.filter);
  std::int64_t left = 0;
  std::int64_t top = 0;
  if (preparation.crop) {
    left = crop_offset(extent.width, preparation.crop->width, preparation.round_crop_offset);
    top = crop_offset(extent.height, preparation.crop->height, preparation.round_crop_offset);
    prepared.shown = crop_at(prepared.shown, left, top, *preparation.crop);
  }
  const double across = static_cast<double>(image.width) / static_cast<double>(extent.width);
  const double down = static_cast<double>(image.height) / static_cast<double>(extent.height);
  prepared.crop_left = static_cast<double>(left) * across;
  prepared.crop_top = static_cast<double>(top) * down;
  prepared.crop_width = static_cast<double>(prepared.shown.width) * across;
  prepared.crop_height = static_cast<double>(prepared.shown.height) * down;
  prepared.pixel_values = to_tensor(prepared.shown, preparation);
  return prepared;
}

std::array<float, 3> prepared_black(const ImagePreparation& preparation) {
  check_preparation(preparation);
  std::array<float, 3> black{};
  for (std::size_t c = 0; c < 3; ++c) black[c] = prepared_value(preparation, colour_of(preparation, c), 0);
  return black;
}

}  // namespace pellucid
