#pragma once

#include <string>

#include <pellucid/tensor.hpp>

namespace pellucid::explain {

/// Whether these are baselines that are made of the picture itself: mean, blur.
[[nodiscard]] bool is_image_baseline(const std::string& name);

/// A picture without what it shows, of the shape of `x`, prepared pictures [batch, channels, height, width] or with the
/// channels last:
///   mean   every pixel has the picture's mean colour;
///   blur   a Gaussian blur of 10 pixels for every 224 of the shorter side, borders mirrored.
/// Preparation is affine in every channel, so that both are what they are of the colours themselves. Throws
/// Error{kUsage} where x is no picture.
[[nodiscard]] Tensor image_baseline(const std::string& name, const Tensor& x);

}  // namespace pellucid::explain
