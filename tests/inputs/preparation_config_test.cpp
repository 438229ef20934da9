#include <gtest/gtest.h>

#include "inputs/expect_error.hpp"
#include "inputs/image_preparation.hpp"

namespace pellucid {
namespace {

using tests::expect_error;

ImagePreparation parsed(const std::string& json, const std::string& model_type = "") {
  return parse_preparation(json, "preprocessor_config.json", model_type);
}

void expect_refused(ErrorCode code, const std::string& json, const std::string& words) {
  expect_error(code, words, [&] { (void)parsed(json); });
}

void expect_bad(const std::string& json, const std::string& words) {
  expect_refused(ErrorCode::kBadInput, json, words);
}

void expect_unsupported(const std::string& json, const std::string& words) {
  expect_refused(ErrorCode::kUnsupported, json, words);
}

void expect_extent(const std::optional<Extent>& extent, std::int64_t height, std::int64_t width) {
  ASSERT_TRUE(extent.has_value());
  EXPECT_EQ(extent->height, height);
  EXPECT_EQ(extent->width, width);
}

TEST(ParsePreparation, ReadsEveryKey) {
  const auto p = parsed(R"({"image_processor_type": "CLIPImageProcessor", "do_resize": true,
    "size": {"shortest_edge": 50}, "resample": 1, "do_center_crop": true, "crop_size": {"height": 40, "width": 48},
    "do_rescale": true, "rescale_factor": 0.5, "do_normalize": true, "image_mean": [0.1, 0.2, 0.3],
    "image_std": [0.4, 0.5, 0.6]})");
  EXPECT_EQ(p.shortest_edge, 50);
  EXPECT_FALSE(p.size.has_value());
  EXPECT_EQ(p.filter, Filter::kLanczos);
  expect_extent(p.crop, 40, 48);
  EXPECT_TRUE(p.rescale);
  EXPECT_EQ(p.rescale_factor, 0.5);
  EXPECT_TRUE(p.normalize);
  EXPECT_EQ(p.mean, (std::array<double, 3>{0.1, 0.2, 0.3}));
  EXPECT_EQ(p.std, (std::array<double, 3>{0.4, 0.5, 0.6}));
}

TEST(ParsePreparation, TakesDefaultsOfTheProcessor) {
  const auto vit = parsed(R"({"image_processor_type": "ViTImageProcessor"})");
  expect_extent(vit.size, 224, 224);
  EXPECT_EQ(vit.filter, Filter::kBilinear);
  EXPECT_FALSE(vit.crop.has_value());
  EXPECT_EQ(vit.mean[2], 0.5);
  const auto clip = parsed(R"({"image_processor_type": "CLIPImageProcessorFast", "do_center_crop": null})");
  EXPECT_EQ(clip.shortest_edge, 224);
  EXPECT_EQ(clip.filter, Filter::kBicubic);
  expect_extent(clip.crop, 224, 224);
  EXPECT_EQ(clip.mean[0], 0.48145466);
  const auto deit = parsed(R"({"image_processor_type": "DeiTImageProcessor"})");
  expect_extent(deit.size, 256, 256);
  expect_extent(deit.crop, 224, 224);
}

TEST(ParsePreparation, ReadsOldSpellings) {
  const auto vit = parsed(R"({"feature_extractor_type": "ViTFeatureExtractor", "size": 384, "do_normalize": true,
    "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 2})");
  expect_extent(vit.size, 384, 384);
  EXPECT_TRUE(vit.rescale);
  const auto clip = parsed(R"({"feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "crop_size": 200})");
  EXPECT_EQ(clip.shortest_edge, 224);
  expect_extent(clip.crop, 200, 200);
}

TEST(ParsePreparation, FollowsTheModelTypeWhereNoProcessorIsNamed) {
  const std::string old = R"({"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5], "size": 224})";
  expect_extent(parsed(old, "vit").size, 224, 224);
  EXPECT_EQ(parsed(old, "dinov2").shortest_edge, 224);
  expect_unsupported(old, "'do_rescale' isn't given");
}

TEST(ParsePreparation, KnowsConvNextAndLevit) {
  const auto small = parsed(R"({"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224},
    "crop_pct": 0.875, "resample": 3})");
  EXPECT_EQ(small.shortest_edge, 256);
  expect_extent(small.crop, 224, 224);
  const auto large = parsed(R"({"image_processor_type": "ConvNextImageProcessor", "size": 384, "resample": 3})");
  expect_extent(large.size, 384, 384);
  EXPECT_FALSE(large.crop.has_value());
  EXPECT_EQ(parsed(R"({"image_processor_type": "LevitImageProcessor"})").shortest_edge, 256);
  expect_bad(R"({"image_processor_type": "ConvNextImageProcessor", "size": 224, "resample": 3, "crop_pct": 0})",
             "'crop_pct' must be above 0");
}

TEST(ParsePreparation, ReadsTimm) {
  const auto p = parsed(R"({"architecture": "vit_base_patch16_224", "pretrained_cfg": {"input_size": [3, 224, 224],
    "crop_pct": 0.9, "interpolation": "bicubic", "crop_mode": "center", "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5]}})");
  EXPECT_EQ(p.shortest_edge, 248);
  expect_extent(p.crop, 224, 224);
  EXPECT_TRUE(p.round_crop_offset);
  EXPECT_EQ(p.filter, Filter::kBicubic);
  EXPECT_TRUE(p.normalize);
  const auto squash = parsed(R"({"input_size": [3, 200, 100], "crop_mode": "squash", "crop_pct": 1.0})");
  expect_extent(squash.size, 200, 100);
  expect_unsupported(R"({"input_size": [3, 200, 200], "crop_mode": "border"})", "crop_mode \"border\"");
  expect_bad(R"({"input_size": [1, 28, 28]})", "'input_size' must be [3, height, width]");
}

TEST(ParsePreparation, TakesUnknownProcessorsThatSpellEverythingOut) {
  const auto p = parsed(R"({"image_processor_type": "NewImageProcessor", "do_resize": true,
    "size": {"height": 10, "width": 20}, "resample": "hamming", "do_rescale": true, "rescale_factor": 1,
    "do_normalize": false, "do_pad": false, "something": null})");
  expect_extent(p.size, 10, 20);
  EXPECT_EQ(p.filter, Filter::kHamming);
  EXPECT_FALSE(p.normalize);
}

TEST(ParsePreparation, RefusesUnknownSteps) {
  expect_unsupported(R"({"image_processor_type": "NewImageProcessor", "do_resize": false})", "'do_rescale'");
  expect_unsupported(R"({"image_processor_type": "NewImageProcessor", "size_divisor": 32})", "'size_divisor'");
  expect_unsupported(R"({"image_processor_type": "ViTImageProcessor", "do_pad": true})", "'do_pad'");
  expect_unsupported(R"({"image_processor_type": "DINOv3ViTImageProcessorFast"})", "DINOv3ViTImageProcessor");
}

TEST(ParsePreparation, RefusesBadValues) {
  expect_bad("{", "is not valid JSON");
  expect_bad("[]", "not a JSON object");
  const auto vit = [](const std::string& rest) {
    return R"({"image_processor_type": "ViTImageProcessor", )" + rest + "}";
  };
  expect_bad(vit(R"("size": "large")"), "'size' must be an object or a number, not \"large\"");
  expect_bad(vit(R"("size": {"height": 3})"), "'size' must be {height, width}");
  expect_bad(vit(R"("size": {"height": 3, "width": 2.5})"), "'width' must be a whole number of pixels");
  expect_bad(vit(R"("size": -1)"), "'size' must be a whole number of pixels");
  expect_bad(vit(R"("size": 1000000)"), "'size' must be a whole number of pixels");
  expect_bad(vit(R"("resample": 6)"), "'resample' must be a filter");
  expect_bad(vit(R"("resample": -1)"), "'resample' must be a filter");
  expect_bad(vit(R"("resample": "cubic")"), "'resample' must be a filter");
  expect_bad(vit(R"("image_mean": [1, 2])"), "'image_mean' must be three numbers");
  expect_bad(vit(R"("image_mean": [1, 2, "3"])"), "'image_mean' must be three numbers");
  expect_bad(vit(R"("image_std": [1, 0, 1])"), "'image_std' must be above 0");
  expect_bad(vit(R"("do_resize": "yes")"), "'do_resize' must be true or false");
  expect_bad(vit(R"("rescale_factor": [1])"), "'rescale_factor' must be a number");
  expect_bad(vit(R"("do_center_crop": true)"), "has no 'crop_size'");
  expect_bad(vit(R"("do_center_crop": true, "crop_size": [1, 2])"), "'crop_size' must be");
}

}  // namespace
}  // namespace pellucid
