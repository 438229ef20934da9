#pragma once

#include <cstdint>

#include "apps/pellucid/model_inputs.hpp"

namespace pellucid::cli {

/// Standard normal numbers in every float32 tensor, for measurements.
void fill_with_noise(TensorMap& tensors, std::uint64_t seed);

/// Every tensor `count` times along its first axis.
void repeat_samples(ModelInputs& inputs, std::int64_t count);

}  // namespace pellucid::cli
