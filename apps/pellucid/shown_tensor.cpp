#include "apps/pellucid/shown_tensor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace pellucid::cli {
namespace {

/// value · gain + offset is a level from 0 to 255, per channel.
struct Levels {
  std::array<double, 3> gain{}, offset{};
};

Levels undone(const ImagePreparation& preparation) {
  Levels levels;
  const double scale = preparation.rescale ? 1.0 / preparation.rescale_factor : 1.0;
  for (std::size_t c = 0; c < 3; ++c) {
    levels.gain[c] = preparation.normalize ? preparation.std[c] * scale : scale;
    levels.offset[c] = preparation.normalize ? preparation.mean[c] * scale : 0.0;
  }
  return levels;
}

Levels stretched(std::span<const double> sample) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : sample) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  Levels levels;
  const double gain = high > low ? 255.0 / (high - low) : 0.0;
  levels.gain.fill(gain);
  levels.offset.fill(high > low ? -low * gain : 127.0);
  return levels;
}

std::uint8_t level(double value) {
  return std::isfinite(value) ? static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0))) : std::uint8_t{0};
}

Picture picture(std::span<const double> sample, const Levels& levels, std::int64_t height, std::int64_t width,
                bool flipped) {
  const auto pixels = static_cast<std::size_t>(height * width);
  Picture out{width, height, std::vector<std::uint8_t>(3 * pixels)};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t plane = flipped ? 2 - c : c;
    for (std::size_t i = 0; i < pixels; ++i) {
      out.rgb[3 * i + c] = level(sample[plane * pixels + i] * levels.gain[plane] + levels.offset[plane]);
    }
  }
  return out;
}

}  // namespace

bool shows_picture(const Tensor& tensor) {
  const bool floating = tensor.type() == ElementType::kFloat32 || tensor.type() == ElementType::kFloat64 ||
                        tensor.type() == ElementType::kFloat16 || tensor.type() == ElementType::kBFloat16;
  return floating && tensor.shape().size() == 4 && tensor.shape()[1] == 3 && tensor.size() > 0;
}

std::vector<Picture> shown_pictures(const Tensor& tensor, const std::optional<ImagePreparation>& preparation) {
  const std::vector<double> values = tensor.to_doubles();
  const Shape& shape = tensor.shape();
  const auto each = static_cast<std::size_t>(tensor.size() / shape[0]);
  std::vector<Picture> pictures;
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape[0]); ++i) {
    const auto sample = std::span(values).subspan(i * each, each);
    const Levels levels = preparation ? undone(*preparation) : stretched(sample);
    pictures.push_back(picture(sample, levels, shape[2], shape[3], preparation && preparation->flip_channels));
  }
  return pictures;
}

}  // namespace pellucid::cli
