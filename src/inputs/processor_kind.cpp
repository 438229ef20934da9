#include "inputs/processor_kind.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/check.hpp"

namespace pellucid::inputs {
namespace {

using nlohmann::json;

/// Class attributes of the `*ImageProcessor` classes of transformers 4 and 5. What the two disagree on (BEiT's sizes)
/// has no default here.
struct Row {
  std::string_view name;
  Sizing sizing;
  const char* defaults;
};

constexpr Row kKinds[] = {
    {"Beit", Sizing::kSquare, R"({"resample": 3, "image_mean": 0.5, "image_std": 0.5})"},
    {"Bit", Sizing::kShortest,
     R"({"size": 224, "resample": 3, "do_center_crop": true, "crop_size": 224,
         "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]})"},
    {"CLIP", Sizing::kShortest,
     R"({"size": 224, "resample": 3, "do_center_crop": true, "crop_size": 224,
         "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]})"},
    {"ConvNext", Sizing::kConvNext,
     R"({"size": 384, "crop_pct": 0.875, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]})"},
    {"DeiT", Sizing::kSquare,
     R"({"size": 256, "resample": 3, "do_center_crop": true, "crop_size": 224, "image_mean": 0.5, "image_std": 0.5})"},
    {"Levit", Sizing::kLevit,
     R"({"size": 224, "resample": 3, "do_center_crop": true, "crop_size": 224,
         "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]})"},
    {"MobileViT", Sizing::kShortest,
     R"({"size": 224, "do_center_crop": true, "crop_size": 256, "do_normalize": false,
         "do_flip_channel_order": true})"},
    {"Siglip", Sizing::kSquare, R"({"size": 224, "resample": 3, "image_mean": 0.5, "image_std": 0.5})"},
    {"ViT", Sizing::kSquare, R"({"size": 224, "resample": 2, "image_mean": 0.5, "image_std": 0.5})"},
};

constexpr const char* kCommon =
    R"({"do_resize": true, "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true})";

/// Which processor transformers pairs with a model that names none.
constexpr std::pair<std::string_view, std::string_view> kModels[] = {
    {"beit", "Beit"},
    {"bit", "Bit"},
    {"clip", "CLIP"},
    {"convnext", "ConvNext"},
    {"convnextv2", "ConvNext"},
    {"cvt", "ConvNext"},
    {"data2vec-vision", "Beit"},
    {"deit", "DeiT"},
    {"dinov2", "Bit"},
    {"dinov2_with_registers", "Bit"},
    {"focalnet", "Bit"},
    {"levit", "Levit"},
    {"mobilevit", "MobileViT"},
    {"mobilevitv2", "MobileViT"},
    {"regnet", "ConvNext"},
    {"resnet", "ConvNext"},
    {"siglip", "Siglip"},
    {"swin", "ViT"},
    {"swinv2", "ViT"},
    {"vit", "ViT"},
    {"vit_mae", "ViT"},
    {"vit_msn", "ViT"},
};

/// Their keys look plain, but the order of their steps is another.
constexpr std::string_view kOther[] = {"DINOv3ViT", "Perceiver"};

std::string processor_name(const json& config) {
  for (const char* key : {"image_processor_type", "feature_extractor_type"}) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_string()) continue;
    std::string name = found->get<std::string>();
    for (const std::string_view suffix : {"Pil", "Fast", "ImageProcessor", "FeatureExtractor"}) {
      if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    }
    return name;
  }
  return "";
}

std::string paired_name(const std::string& model_type) {
  const auto* found =
      std::find_if(std::begin(kModels), std::end(kModels), [&](const auto& pair) { return pair.first == model_type; });
  return found == std::end(kModels) ? "" : std::string(found->second);
}

}  // namespace

ProcessorKind find_processor_kind(const json& config, const std::string& model_type, const std::string& file) {
  std::string name = processor_name(config);
  if (name.empty()) name = paired_name(model_type);
  const bool other = std::find(std::begin(kOther), std::end(kOther), name) != std::end(kOther);
  PELLUCID_CHECK(!other, kUnsupported,
                 "'{}': pictures for '{}ImageProcessor' aren't prepared here yet: give the input as a tensor", file,
                 name);
  const auto* row =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Row& kind) { return kind.name == name; });
  if (row == std::end(kKinds)) return {};
  ProcessorKind kind{name, json::parse(kCommon), row->sizing};
  kind.defaults.update(json::parse(row->defaults));
  return kind;
}

}  // namespace pellucid::inputs
