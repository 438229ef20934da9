#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/safetensors.hpp"
#include "inputs/image.hpp"
#include "inputs/image_preparation.hpp"
#include "inputs/resize.hpp"
#include "support/fixtures.hpp"

namespace pellucid {
namespace {

/// References made with Pillow and the PIL processors of transformers; origin in the folder's README.
class PreprocessFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto root = tests::fixtures();
    if (!root) GTEST_SKIP() << "the fixtures are not here: set PELLUCID_FIXTURES";
    folder_ = *root / "fixtures" / "preprocess";
    stages_ = read_safetensors(folder_ / "stages_uint8.safetensors");
  }

  [[nodiscard]] std::string text(const std::string& file) const {
    std::ostringstream out;
    out << std::ifstream(folder_ / file).rdbuf();
    return out.str();
  }

  /// A [height, width, 3] tensor, or for `resized/…` a [3, height, width] one, as a picture.
  [[nodiscard]] Image stage(const std::string& name) const {
    const Tensor& tensor = stages_.at(name);
    const auto values = tensor.values<std::uint8_t>();
    const bool planes = name.starts_with("resized/");
    Image image{tensor.shape()[planes ? 2 : 1], tensor.shape()[planes ? 1 : 0], {values.begin(), values.end()}};
    const std::size_t pixels = values.size() / 3;
    for (std::size_t i = 0; planes && i < values.size(); ++i) image.rgb[i % pixels * 3 + i / pixels] = values[i];
    return image;
  }

  [[nodiscard]] Image decoded(const std::string& image) const {
    return stage("decoded/" + std::filesystem::path(image).filename().string());
  }

  std::filesystem::path folder_;
  TensorMap stages_;
};

bool is_lossy(const std::string& file) { return !file.ends_with(".png") && !file.ends_with(".bmp"); }

int largest_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  if (a.rgb.size() != b.rgb.size()) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) largest = std::max(largest, std::abs(a.rgb[i] - b.rgb[i]));
  return largest;
}

double largest_difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  if (a.shape() != b.shape()) return 1e30;
  const auto x = a.values<float>();
  const auto y = b.values<float>();
  double largest = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i])));
  }
  return largest;
}

TEST_F(PreprocessFixture, DecodesAsPillow) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "images")) {
    const std::string name = entry.path().filename().string();
    const int difference = largest_difference(read_image(entry.path()), stage("decoded/" + name));
    EXPECT_LE(difference, is_lossy(name) ? 3 : 0) << name;
    RecordProperty(name, difference);
    ++files;
  }
  EXPECT_EQ(files, 22);
}

TEST_F(PreprocessFixture, ResizesAsPillow) {
  static const std::vector<std::string> kNames{"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"};
  int cases = 0;
  for (const auto& [name, tensor] : stages_) {
    if (!name.starts_with("resize/")) continue;
    std::istringstream parts(name);
    std::string kind, file, filter;
    std::getline(parts, kind, '/');
    std::getline(parts, file, '/');
    std::getline(parts, filter, '/');
    const auto code = std::find(kNames.begin(), kNames.end(), filter) - kNames.begin();
    ASSERT_LT(code, 6) << name;
    const Image wanted = stage(name);
    const Image out = resize(decoded(file), wanted.width, wanted.height, static_cast<Filter>(code));
    EXPECT_EQ(largest_difference(out, wanted), 0) << name;
    ++cases;
  }
  EXPECT_EQ(cases, 72);
}

/// From the decoded picture, so that resizing, cropping and normalising are compared exactly for every file.
TEST_F(PreprocessFixture, PreparesAsTransformers) {
  const TensorMap expected = read_safetensors(folder_ / "expected.safetensors");
  const auto cases = nlohmann::json::parse(text("cases.json"));
  ASSERT_EQ(cases.size(), 176U);
  for (const auto& item : cases) {
    const std::string name = item["name"];
    const std::string config = item["config"];
    const auto prepared = prepare_image(decoded(item["image"]), parse_preparation(text(config), config));
    EXPECT_EQ(largest_difference(prepared.shown, stage(item["resized"])), 0) << name;
    EXPECT_LE(largest_difference(prepared.pixel_values, expected.at(item["pixel_values"])), 1e-6) << name;
  }
}

TEST_F(PreprocessFixture, PreparesFilesWithinTheDecodersTolerance) {
  const TensorMap expected = read_safetensors(folder_ / "expected.safetensors");
  for (const auto& item : nlohmann::json::parse(text("cases.json"))) {
    const std::string name = item["name"];
    const std::string config = item["config"];
    const auto prepared =
        prepare_image(read_image(folder_ / item["image"].get<std::string>()), parse_preparation(text(config), config));
    EXPECT_LE(largest_difference(prepared.shown, stage(item["resized"])), item["max_abs_uint8"].get<int>()) << name;
    EXPECT_LE(largest_difference(prepared.pixel_values, expected.at(item["pixel_values"])), item["atol"].get<double>())
        << name;
  }
}

}  // namespace
}  // namespace pellucid
