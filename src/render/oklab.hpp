#pragma once

#include <cstdint>
#include <vector>

#include "render/colormap.hpp"

namespace pellucid::render {

/// The colour at `place` in [0, 1] between evenly spaced stops (0xRRGGBB), blended in OKLab (B. Ottosson, "A perceptual
/// color space for image processing", 2020).
[[nodiscard]] Rgb blend(const std::vector<std::uint32_t>& stops, double place);

/// The part of an sRGB channel in linear light, both in [0, 1].
[[nodiscard]] double to_linear(double channel);

}  // namespace pellucid::render
