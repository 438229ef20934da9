#include <numeric>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/interpolation.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

Interpolation read(const Step& step) {
  Interpolation how;
  how.mode = graph::string_attribute(step.node, "mode", how.mode);
  how.coordinates = graph::string_attribute(step.node, "coordinate_transformation_mode", how.coordinates);
  how.rounding = graph::string_attribute(step.node, "nearest_mode", how.rounding);
  how.cubic_coefficient = graph::float_attribute(step.node, "cubic_coeff_a", how.cubic_coefficient);
  const bool plain = graph::int_attribute(step.node, "antialias", 0) == 0 &&
                     graph::int_attribute(step.node, "exclude_outside", 0) == 0 &&
                     graph::string_attribute(step.node, "keep_aspect_ratio_policy", "stretch") == "stretch" &&
                     how.coordinates != "tf_crop_and_resize";
  PELLUCID_CHECK(plain, kUnsupported,
                 "{}: no gradient rule for antialias, exclude_outside, keep_aspect_ratio_policy or "
                 "tf_crop_and_resize",
                 graph::describe(step.node));
  return how;
}

/// The scale that the node gives for an axis of the input, or the ratio of the sizes where it gives sizes.
double scale_of(const Step& step, std::size_t axis) {
  const double ratio =
      static_cast<double>(step.output_dims()[axis].size) / static_cast<double>(step.input_dims(0)[axis].size);
  if (!step.has_input(2)) return ratio;
  const graph::Graph& graph = step.build.graph();
  PELLUCID_CHECK(graph.is_constant(step.input(2)), kUnsupported, "{}: its scales are computed from the data",
                 graph::describe(step.node));
  const std::vector<double> scales = graph.value(step.input(2)).constant.to_doubles();
  if (scales.empty()) return ratio;
  std::vector<std::int64_t> axes = graph::ints_attribute(step.node, "axes");
  if (axes.empty()) {
    axes.resize(scales.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (graph::positive_axis(axes[i], step.input_rank(0)) == static_cast<std::int64_t>(axis)) return scales.at(i);
  return 1;
}

/// The cotangent times the constant matrix [out, in] along one axis.
ValueId along_axis(Step& step, ValueId g, std::size_t axis, const std::vector<double>& matrix) {
  graph::Builder& build = step.build;
  const Shape shape{step.output_dims()[axis].size, step.input_dims(0)[axis].size};
  const ValueId weight =
      build.graph().add_constant(Tensor(shape, matrix).cast(build.type(g)), build.graph().fresh_name("interpolation"));
  std::vector<std::int64_t> swap(static_cast<std::size_t>(build.rank(g)));
  std::iota(swap.begin(), swap.end(), 0);
  std::swap(swap[axis + 1], swap.back());
  return build.transpose(build.matmul(build.transpose(g, swap), weight), swap);
}

}  // namespace

void resize(Step& step) {
  if (!step.wants(0)) return;
  const Interpolation how = read(step);
  ValueId g = step.cotangent();
  for (std::size_t axis = 0; axis < step.input_dims(0).size(); ++axis) {
    const graph::Dim in = step.input_dims(0)[axis], out = step.output_dims()[axis];
    if (in == out && (in.per_batch || scale_of(step, axis) == 1)) continue;
    const std::int64_t from = fixed_size(step, in, "a resized axis");
    g = along_axis(step, g, axis, interpolation_matrix(how, from, out.size, scale_of(step, axis)));
  }
  step.give(0, g);
}

}  // namespace pellucid::propagate::operators::gradient
