#include "apps/pellucid/preparation_options.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "apps/pellucid/parameters.hpp"
#include "base/check.hpp"
#include "base/read_file.hpp"
#include "inputs/model_folder.hpp"

namespace pellucid::cli {
namespace {

constexpr std::uint64_t kMostConfigBytes = 16 << 20;

std::vector<double> numbers(const std::string& text, const char* option) {
  std::vector<double> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    double value = 0;
    const auto parsed = std::from_chars(at, end, value);
    PELLUCID_CHECK(parsed.ec == std::errc() && std::isfinite(value), kUsage,
                   "{} takes numbers separated by commas, not '{}'", option, text);
    values.push_back(value);
    if (parsed.ptr == end) return values;
    PELLUCID_CHECK(*parsed.ptr == ',', kUsage, "{} takes numbers separated by commas, not '{}'", option, text);
    at = parsed.ptr + 1;
  }
}

std::array<double, 3> channels(const std::string& text, const char* option) {
  const std::vector<double> values = numbers(text, option);
  if (values.size() == 1) return {values[0], values[0], values[0]};
  PELLUCID_CHECK(values.size() == 3, kUsage, "{} takes one number or three (red, green, blue), not '{}'", option, text);
  return {values[0], values[1], values[2]};
}

std::vector<std::int64_t> pixels(const std::string& text, const char* option) {
  std::vector<std::int64_t> sides;
  for (const double value : numbers(text, option)) {
    PELLUCID_CHECK(value >= 1 && value <= static_cast<double>(kMaxSide) && value == std::floor(value), kUsage,
                   "{} takes whole numbers of pixels from 1 to {}, not '{}'", option, kMaxSide, text);
    sides.push_back(static_cast<std::int64_t>(value));
  }
  PELLUCID_CHECK(sides.size() <= 2, kUsage, "{} takes one number or HEIGHT,WIDTH, not '{}'", option, text);
  return sides;
}

Filter filter(const std::string& name) {
  constexpr std::array<const char*, 6> kNames = {"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<Filter>(i);
  }
  fail(ErrorCode::kUsage, "--resample takes nearest, lanczos, bilinear, bicubic, box or hamming, not '{}'", name);
}

void apply(const PreparationOptions& options, ImagePreparation& preparation) {
  if (!options.size.empty()) {
    const auto sides = pixels(options.size, "--size");
    preparation.size.reset();
    preparation.shortest_edge.reset();
    preparation.longest_edge.reset();
    if (sides.size() == 2) preparation.size = Extent{sides[0], sides[1]};
    if (sides.size() == 1) preparation.shortest_edge = sides[0];
  }
  if (!options.crop.empty()) {
    const auto sides = pixels(options.crop, "--crop");
    preparation.crop = Extent{sides.front(), sides.back()};
  }
  if (!options.resample.empty()) preparation.filter = filter(options.resample);
  if (!options.mean.empty()) preparation.mean = channels(options.mean, "--mean");
  if (!options.std.empty()) preparation.std = channels(options.std, "--std");
  if (!options.mean.empty() || !options.std.empty()) preparation.normalize = true;
}

/// Everything must be said where no file says it.
ImagePreparation from_options(const PreparationOptions& options, const InputInfo& image) {
  PELLUCID_CHECK(!options.mean.empty() && !options.std.empty(), kUsage,
                 "the model has no preprocessor_config.json: give both --mean and --std (--mean 0 --std 1 for none)");
  ImagePreparation preparation;
  apply(options, preparation);
  if (options.size.empty() && options.crop.empty()) {
    PELLUCID_CHECK(
        image.shape[2] > 0 && image.shape[3] > 0, kUsage,
        "the model has no preprocessor_config.json and takes pictures of any size: give --size HEIGHT,WIDTH");
    preparation.size = Extent{image.shape[2], image.shape[3]};
  }
  return preparation;
}

}  // namespace

void PreparationOptions::declare(Parameters& parameters) {
  constexpr const char* kGroup = "How pictures are prepared (where preprocessor_config.json doesn't say)";
  parameters.text(
      mean,
      {.name = "--mean", .value = "R,G,B", .help = "Mean of the channels, such as 0.485,0.456,0.406", .group = kGroup});
  parameters.text(std,
                  {.name = "--std", .value = "R,G,B", .help = "Standard deviation of the channels", .group = kGroup});
  parameters.text(
      size, {.name = "--size", .value = "H,W", .help = "Resize to H,W; one number: the shorter side", .group = kGroup});
  parameters.text(
      crop, {.name = "--crop", .value = "H,W", .help = "Then take the middle; one number: a square", .group = kGroup});
  parameters.text(resample, {.name = "--resample",
                             .value = "FILTER",
                             .help = "nearest, lanczos, bilinear (default), bicubic, box or hamming",
                             .group = kGroup,
                             .words = {"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"}});
}

bool PreparationOptions::any() const {
  return !mean.empty() || !std.empty() || !size.empty() || !crop.empty() || !resample.empty();
}

std::optional<ImagePreparation> find_preparation(const Model& model, const PreparationOptions& options,
                                                 const InputInfo& image) {
  const auto file = model.preparation_file();
  if (file.empty()) return options.any() ? std::optional(from_options(options, image)) : std::nullopt;
  ImagePreparation preparation = parse_preparation(read_text_file(file, kMostConfigBytes), file.string(),
                                                   open_model_folder(model.file()).model_type);
  apply(options, preparation);
  return preparation;
}

}  // namespace pellucid::cli
