#pragma once

#include <optional>
#include <string>

#include <pellucid/model.hpp>

#include "inputs/image_preparation.hpp"

namespace pellucid::cli {

class Parameters;

/// How pictures are prepared where the model brings no preprocessor_config.json, or not as it says.
struct PreparationOptions {
  std::string mean, std, size, crop, resample;

  void declare(Parameters& parameters);
  [[nodiscard]] bool any() const;
};

/// The preparation of the model's file with the given options in place of its values; without a file, of the options
/// alone, the size taken from the model's input `image` where it is fixed. Nothing where neither is there.
/// Throws Error{kUsage} on options that are wrong or not enough; errors of parse_preparation.
[[nodiscard]] std::optional<ImagePreparation> find_preparation(const Model& model, const PreparationOptions& options,
                                                               const InputInfo& image);

}  // namespace pellucid::cli
