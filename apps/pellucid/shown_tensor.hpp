#pragma once

#include <optional>
#include <vector>

#include <pellucid/tensor.hpp>

#include "inputs/image_preparation.hpp"
#include "render/picture.hpp"

namespace pellucid::cli {

/// Whether a tensor has the form of pictures: floating-point [batch, 3, height, width], none of them empty.
[[nodiscard]] bool shows_picture(const Tensor& tensor);

/// The pictures that a model's input tensor shows: the preparation undone where it is known, else every sample
/// stretched from its smallest to its largest value.
[[nodiscard]] std::vector<Picture> shown_pictures(const Tensor& tensor,
                                                  const std::optional<ImagePreparation>& preparation);

}  // namespace pellucid::cli
