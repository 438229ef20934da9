#include <numeric>

#include "graph/interpolation.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// The cotangent times the constant matrix [out, in] along one axis.
ValueId along_axis(Step& step, ValueId g, std::size_t axis, const std::vector<double>& matrix) {
  graph::Builder& build = step.build;
  const Shape shape{step.output_dims()[axis].size, step.input_dims(0)[axis].size};
  const ValueId weight =
      build.graph().add_rounded(Tensor(shape, matrix), build.type(g), build.graph().fresh_name("interpolation"));
  std::vector<std::int64_t> swap(static_cast<std::size_t>(build.rank(g)));
  std::iota(swap.begin(), swap.end(), 0);
  std::swap(swap[axis + 1], swap.back());
  return build.transpose(build.matmul(build.transpose(g, swap), weight), swap);
}

}  // namespace

void resize(Step& step) {
  if (!step.wants(0)) return;
  const graph::Interpolation how = graph::read_interpolation(step.node);
  ValueId g = step.cotangent();
  for (std::size_t axis = 0; axis < step.input_dims(0).size(); ++axis) {
    const graph::Dim in = step.input_dims(0)[axis], out = step.output_dims()[axis];
    const double scale = graph::interpolation_scale(step.build.graph(), step.node, axis);
    if (in == out && (in.per_batch || scale == 1)) continue;
    const std::int64_t from = fixed_size(step, in, "a resized axis");
    g = along_axis(step, g, axis, graph::interpolation_matrix(how, from, out.size, scale));
  }
  step.give(0, g);
}

}  // namespace pellucid::propagate::operators::gradient
