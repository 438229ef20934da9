#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// How Resize interpolates along one axis (ONNX Resize-19, without antialiasing and region of interest).
struct Interpolation {
  std::string mode = "nearest";                 ///< nearest, linear or cubic
  std::string coordinates = "half_pixel";       ///< coordinate_transformation_mode
  std::string rounding = "round_prefer_floor";  ///< nearest_mode
  double cubic_coefficient = -0.75;
};

/// Reads the attributes of a Resize node. Throws Error{kUnsupported} on antialias, exclude_outside,
/// keep_aspect_ratio_policy and tf_crop_and_resize.
[[nodiscard]] Interpolation read_interpolation(const Node& node);
/// The scale that a Resize node gives for an axis of its input, or the ratio of the sizes where it gives sizes.
/// Throws Error{kUnsupported} where scales are computed from the data.
[[nodiscard]] double interpolation_scale(const Graph& graph, const Node& node, std::size_t axis);
/// The matrix [out, in] (row-major) of the interpolation from `in` to `out` elements at `scale`.
[[nodiscard]] std::vector<double> interpolation_matrix(const Interpolation& how, std::int64_t in, std::int64_t out,
                                                       double scale);

}  // namespace pellucid::graph
