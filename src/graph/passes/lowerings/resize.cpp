#include "base/check.hpp"
#include "graph/interpolation.hpp"
#include "graph/passes/lowerings/lowerings.hpp"

namespace pellucid::graph::lowerings {

/// Interpolates along one axis after the other.
ValueId resize(Lowering& at) {
  const Interpolation how = read_interpolation(at.node);
  const Dims in = at.input_dims(0), out = at.output_dims();
  ValueId x = at.input(0);
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    const double scale = interpolation_scale(at.build.graph(), at.node, axis);
    if (in[axis] == out[axis] && (in[axis].per_batch || scale == 1)) continue;
    PELLUCID_CHECK(!in[axis].per_batch && in.size() > 1, kUnsupported,
                   "{} resizes the batch or a vector; use --precision float32", describe(at.node));
    x = along_axis(at.build, x, axis, out[axis].size, interpolation_matrix(how, in[axis].size, out[axis].size, scale));
  }
  return x;
}

}  // namespace pellucid::graph::lowerings
