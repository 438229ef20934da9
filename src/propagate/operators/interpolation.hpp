#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pellucid::propagate::operators {

/// How Resize interpolates along one axis (ONNX Resize-19, without antialiasing and region of interest).
struct Interpolation {
  std::string mode = "nearest";                 ///< nearest, linear or cubic
  std::string coordinates = "half_pixel";       ///< coordinate_transformation_mode
  std::string rounding = "round_prefer_floor";  ///< nearest_mode
  double cubic_coefficient = -0.75;
};

/// The matrix [out, in] (row-major) of the interpolation from `in` to `out` elements at `scale`.
[[nodiscard]] std::vector<double> interpolation_matrix(const Interpolation& how, std::int64_t in, std::int64_t out,
                                                       double scale);

}  // namespace pellucid::propagate::operators
