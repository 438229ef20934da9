#include "graph/interpolation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

/// Where output element `at` lies among the input elements.
double source(const Interpolation& how, double at, double in, double out, double scale) {
  if (how.coordinates == "asymmetric") return at / scale;
  if (how.coordinates == "align_corners") return out == 1 ? 0 : at * (in - 1) / (out - 1);
  if (how.coordinates == "pytorch_half_pixel") return out > 1 ? (at + 0.5) / scale - 0.5 : 0;
  if (how.coordinates == "half_pixel") return (at + 0.5) / scale - 0.5;
  if (how.coordinates == "half_pixel_symmetric") {
    const double adjustment = out / (scale * in), centre = in / 2;
    return centre * (1 - adjustment) + (at + 0.5) / scale - 0.5;
  }
  fail(ErrorCode::kUnsupported, "Resize with coordinate_transformation_mode '{}' is not supported", how.coordinates);
}

double rounded(const Interpolation& how, double x) {
  if (how.rounding == "floor") return std::floor(x);
  if (how.rounding == "ceil") return std::ceil(x);
  const bool half = x - std::floor(x) == 0.5;
  if (!half) return std::round(x);
  return how.rounding == "round_prefer_ceil" ? std::ceil(x) : std::floor(x);
}

/// Offsets from floor(x) and their weights; `t` = x - floor(x).
std::vector<std::pair<std::int64_t, double>> taps(const Interpolation& how, double t) {
  if (how.mode == "linear") return {{0, 1 - t}, {1, t}};
  const double a = how.cubic_coefficient;
  const auto near = [a](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  const auto far = [a](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  return {{-1, far(1 + t)}, {0, near(t)}, {1, near(1 - t)}, {2, far(2 - t)}};
}

}  // namespace

Interpolation read_interpolation(const Node& node) {
  Interpolation how;
  how.mode = string_attribute(node, "mode", how.mode);
  how.coordinates = string_attribute(node, "coordinate_transformation_mode", how.coordinates);
  how.rounding = string_attribute(node, "nearest_mode", how.rounding);
  how.cubic_coefficient = float_attribute(node, "cubic_coeff_a", how.cubic_coefficient);
  const bool plain = int_attribute(node, "antialias", 0) == 0 && int_attribute(node, "exclude_outside", 0) == 0 &&
                     string_attribute(node, "keep_aspect_ratio_policy", "stretch") == "stretch" &&
                     how.coordinates != "tf_crop_and_resize";
  PELLUCID_CHECK(plain, kUnsupported,
                 "{}: antialias, exclude_outside, keep_aspect_ratio_policy and tf_crop_and_resize are not supported",
                 describe(node));
  return how;
}

double interpolation_scale(const Graph& graph, const Node& node, std::size_t axis) {
  const Dims &in = graph.dims(node.inputs.at(0)), &out = graph.dims(node.outputs.at(0));
  const double ratio = static_cast<double>(out[axis].size) / static_cast<double>(in[axis].size);
  if (node.inputs.size() < 3 || node.inputs[2] == kNone) return ratio;
  PELLUCID_CHECK(graph.is_constant(node.inputs[2]), kUnsupported, "{}: its scales are computed from the data",
                 describe(node));
  const std::vector<double> scales = graph.value(node.inputs[2]).constant.to_doubles();
  if (scales.empty()) return ratio;
  std::vector<std::int64_t> axes = ints_attribute(node, "axes");
  if (axes.empty()) {
    axes.resize(scales.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (positive_axis(axes[i], static_cast<std::int64_t>(in.size())) == static_cast<std::int64_t>(axis))
      return scales.at(i);
  return 1;
}

std::vector<double> interpolation_matrix(const Interpolation& how, std::int64_t in, std::int64_t out, double scale) {
  std::vector<double> matrix(static_cast<std::size_t>(in * out), 0.0);
  const auto add = [&](std::int64_t row, std::int64_t column, double weight) {
    column = std::clamp<std::int64_t>(column, 0, in - 1);
    matrix[static_cast<std::size_t>(row * in + column)] += weight;
  };
  for (std::int64_t row = 0; row < out; ++row) {
    const double x = source(how, static_cast<double>(row), static_cast<double>(in), static_cast<double>(out), scale);
    if (how.mode == "nearest") {
      add(row, static_cast<std::int64_t>(rounded(how, x)), 1);
      continue;
    }
    const double below = std::floor(x);
    for (const auto& [offset, weight] : taps(how, x - below))
      add(row, static_cast<std::int64_t>(below) + offset, weight);
  }
  return matrix;
}

}  // namespace pellucid::graph
