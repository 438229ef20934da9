#pragma once

#include <string>

#include <nlohmann/json.hpp>

/// What the processors of transformers do where a preparation file is silent; for parse_preparation alone.
namespace pellucid::inputs {

/// How a `size` given as a plain number, or as `shortest_edge`, is meant.
enum class Sizing {
  kUnknown,   ///< a plain number is an error
  kSquare,    ///< a plain number is both sides
  kShortest,  ///< a plain number is the shortest edge
  kConvNext,  ///< below 384 the shortest edge divided by crop_pct, then a crop; else squeezed to a square
  kLevit      ///< the shortest edge times 256/224
};

struct ProcessorKind {
  std::string name;         ///< without "ImageProcessor…" or "FeatureExtractor"; empty if unknown
  nlohmann::json defaults;  ///< keys and values
  Sizing sizing = Sizing::kUnknown;
};

/// The kind that `config` names (`image_processor_type`, `feature_extractor_type`) or, where it names none, the one
/// that transformers pairs with `model_type`. Throws Error{kUnsupported} for processors known to prepare otherwise.
[[nodiscard]] ProcessorKind find_processor_kind(const nlohmann::json& config, const std::string& model_type,
                                                const std::string& file);

}  // namespace pellucid::inputs
