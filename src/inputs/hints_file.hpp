#pragma once

#include <pellucid/model.hpp>

#include "inputs/model_folder.hpp"

namespace pellucid {

/// The hints, and for parts that they leave open those of pellucid.json beside the model:
/// {"anatomy": {"tokens": NAME, "attention": [NAME…], "blocks": [NAME…], "head": NAME}}, every key optional. Throws
/// Error{kBadInput} naming the file where it holds something else.
[[nodiscard]] AnatomyHints with_file(const ModelFolder& model, AnatomyHints hints);

}  // namespace pellucid
