#include "inputs/resize.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/check.hpp"

namespace pellucid {
namespace {

/// Weights are integers of this many fractional bits: 8 for the pixel and 2 to spare in 32.
constexpr int kPrecisionBits = 32 - 8 - 2;

double sinc(double x) { return x == 0.0 ? 1.0 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi); }

double bicubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * kA;
  return 0.0;
}

/// Pillow's constants are single precision.
double hamming(double x) {
  constexpr auto kConstant = static_cast<double>(0.54F);
  constexpr auto kCosine = static_cast<double>(0.46F);
  x = std::abs(x);
  if (x == 0.0) return 1.0;
  if (x >= 1.0) return 0.0;
  x *= std::numbers::pi;
  return std::sin(x) / x * (kConstant + kCosine * std::cos(x));
}

double filter_value(Filter filter, double x) {
  switch (filter) {
    case Filter::kBox: return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
    case Filter::kBilinear: return std::max(0.0, 1.0 - std::abs(x));
    case Filter::kHamming: return hamming(x);
    case Filter::kBicubic: return bicubic(x);
    case Filter::kLanczos: return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
    case Filter::kNearest: break;
  }
  fail(ErrorCode::kInternal, "internal: filter {} has no weights", static_cast<int>(filter));
}

double filter_support(Filter filter) {
  switch (filter) {
    case Filter::kBox: return 0.5;
    case Filter::kBilinear:
    case Filter::kHamming: return 1.0;
    case Filter::kBicubic: return 2.0;
    case Filter::kLanczos: return 3.0;
    case Filter::kNearest: break;
  }
  fail(ErrorCode::kInternal, "internal: filter {} has no support", static_cast<int>(filter));
}

/// The input pixels that make one output pixel, and their fixed-point weights.
struct Tap {
  std::int64_t first = 0;
  std::vector<std::int32_t> weights;
};

std::vector<std::int32_t> fixed_point(const std::vector<double>& weights, double sum) {
  std::vector<std::int32_t> fixed(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double weight = sum != 0.0 ? weights[i] / sum : weights[i];
    const double scaled = weight * (1 << kPrecisionBits);
    fixed[i] = static_cast<std::int32_t>(weight < 0 ? scaled - 0.5 : scaled + 0.5);
  }
  return fixed;
}

std::vector<Tap> make_taps(std::int64_t from, std::int64_t to, Filter filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = std::max(scale, 1.0);
  const double support = filter_support(filter) * stretch;
  const double shrink = 1.0 / stretch;
  std::vector<Tap> taps(static_cast<std::size_t>(to));
  std::vector<double> weights;
  for (std::size_t out = 0; out < taps.size(); ++out) {
    const double center = (static_cast<double>(out) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(static_cast<std::int64_t>(center - support + 0.5), 0);
    const auto end = std::min(static_cast<std::int64_t>(center + support + 0.5), from);
    weights.clear();
    double sum = 0.0;
    for (std::int64_t in = first; in < end; ++in) {
      weights.push_back(filter_value(filter, (static_cast<double>(in) - center + 0.5) * shrink));
      sum += weights.back();
    }
    taps[out] = {first, fixed_point(weights, sum)};
  }
  return taps;
}

std::uint8_t round_to_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

/// The weighted sum of pixels `step` bytes apart, rounded to 8 bits.
void apply(const Tap& tap, const std::uint8_t* in, std::int64_t step, std::uint8_t* out) {
  constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);
  std::int32_t red = kHalf;
  std::int32_t green = kHalf;
  std::int32_t blue = kHalf;
  for (const std::int32_t weight : tap.weights) {
    red += in[0] * weight;
    green += in[1] * weight;
    blue += in[2] * weight;
    in += step;
  }
  out[0] = round_to_byte(red);
  out[1] = round_to_byte(green);
  out[2] = round_to_byte(blue);
}

Image blank(std::int64_t width, std::int64_t height) {
  PELLUCID_CHECK(width > 0 && height > 0 && width <= kMaxSide && height <= kMaxSide && width * height <= kMaxPixels,
                 kBadInput, "cannot resize an image to {} x {}: at most {} pixels, {} to a side, are made", width,
                 height, kMaxPixels, kMaxSide);
  return Image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 3)};
}

Image resize_rows(const Image& image, std::int64_t width, Filter filter) {
  Image out = blank(width, image.height);
  const auto taps = make_taps(image.width, width, filter);
  std::uint8_t* pixel = out.rgb.data();
  for (std::int64_t y = 0; y < image.height; ++y) {
    const std::uint8_t* row = image.rgb.data() + 3 * y * image.width;
    for (const Tap& tap : taps) {
      apply(tap, row + 3 * tap.first, 3, pixel);
      pixel += 3;
    }
  }
  return out;
}

Image resize_columns(const Image& image, std::int64_t height, Filter filter) {
  Image out = blank(image.width, height);
  const std::int64_t stride = 3 * image.width;
  std::uint8_t* pixel = out.rgb.data();
  for (const Tap& tap : make_taps(image.height, height, filter)) {
    const std::uint8_t* row = image.rgb.data() + tap.first * stride;
    for (std::int64_t x = 0; x < image.width; ++x, pixel += 3) apply(tap, row + 3 * x, stride, pixel);
  }
  return out;
}

/// The input pixel under each output pixel's centre. Positions are summed up step by step, as Pillow does: a product
/// would round differently.
std::vector<std::int64_t> nearest_sources(std::int64_t from, std::int64_t to) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  std::vector<std::int64_t> sources(static_cast<std::size_t>(to));
  double position = step * 0.5;
  for (auto& source : sources) {
    source = std::min(static_cast<std::int64_t>(position), from - 1);
    position += step;
  }
  return sources;
}

Image resize_nearest(const Image& image, std::int64_t width, std::int64_t height) {
  Image out = blank(width, height);
  const auto columns = nearest_sources(image.width, width);
  std::uint8_t* pixel = out.rgb.data();
  for (const std::int64_t y : nearest_sources(image.height, height)) {
    const std::uint8_t* row = image.rgb.data() + 3 * y * image.width;
    for (const std::int64_t x : columns) pixel = std::copy_n(row + 3 * x, 3, pixel);
  }
  return out;
}

/// Pillow 13 saves work on pictures that lose many more rows than columns; earlier ones never do.
bool starts_with_columns(const Image& image, std::int64_t width, std::int64_t height) {
  return height < image.height && image.height - height > 2 * (image.width - width);
}

}  // namespace

Image resize(const Image& image, std::int64_t width, std::int64_t height, Filter filter) {
  PELLUCID_ASSERT(image.width > 0 && image.height > 0);
  if (width == image.width && height == image.height) return image;
  if (filter == Filter::kNearest) return resize_nearest(image, width, height);
  if (height == image.height) return resize_rows(image, width, filter);
  if (width == image.width) return resize_columns(image, height, filter);
  return starts_with_columns(image, width, height) ? resize_rows(resize_columns(image, height, filter), width, filter)
                                                   : resize_columns(resize_rows(image, width, filter), height, filter);
}

}  // namespace pellucid
