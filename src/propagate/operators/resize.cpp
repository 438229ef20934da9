#include "graph/interpolation.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

void resize(Step& step) {
  if (!step.wants(0)) return;
  const graph::Interpolation how = graph::read_interpolation(step.node);
  ValueId g = step.cotangent();
  for (std::size_t axis = 0; axis < step.input_dims(0).size(); ++axis) {
    const graph::Dim in = step.input_dims(0)[axis], out = step.output_dims()[axis];
    const double scale = graph::interpolation_scale(step.build.graph(), step.node, axis);
    if (in == out && (in.per_batch || scale == 1)) continue;
    const std::int64_t from = fixed_size(step, in, "a resized axis");
    const Tensor matrix(Shape{out.size, from}, graph::interpolation_matrix(how, from, out.size, scale));
    g = times_matrix(step, g, axis + 1, matrix);
  }
  step.give(0, g);
}

}  // namespace pellucid::propagate::operators::gradient
