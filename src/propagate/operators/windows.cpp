#include "propagate/operators/windows.hpp"

#include <algorithm>

#include "propagate/operators/helpers.hpp"

namespace pellucid::propagate::operators {

using graph::Dims;
using graph::ValueId;

Windows read_windows(const Step& step, const std::vector<std::int64_t>& kernel) {
  return graph::read_windows(step.build.graph(), step.node, kernel);
}

ValueId spread_windows(Step& step, ValueId cotangent, ValueId weight, const Windows& windows, std::int64_t groups) {
  graph::Builder& build = step.build;
  Dims out = build.dims(cotangent);
  out[1] = {build.dims(weight)[1].size * groups, false};
  const std::size_t rank = windows.kernel.size();
  std::vector<std::int64_t> pads = windows.begins, extra(rank, 0);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t in = step.input_dims(0)[i + 2].size;
    const std::int64_t covered = (out[i + 2].size - 1) * windows.strides[i] + windows.reach(i) - windows.begins[i];
    // Elements behind the last window got nothing; a window reaching past the end is cut.
    extra[i] = std::max<std::int64_t>(in - covered, 0);
    pads.push_back(std::max<std::int64_t>(covered - in, 0));
    out[i + 2] = {in, false};
  }
  return build.op("ConvTranspose", {cotangent, weight}, out, build.type(cotangent),
                  {{"kernel_shape", windows.kernel},
                   {"strides", windows.strides},
                   {"dilations", windows.dilations},
                   {"pads", pads},
                   {"output_padding", extra},
                   {"group", groups}});
}

ValueId spread_evenly(Step& step, ValueId cotangent, const Windows& windows) {
  graph::Builder& build = step.build;
  // every channel of every target by itself: [targets batch channels, 1, spatial…]
  Dims rows = step.output_dims();
  rows[0] = product(product(rows[0], rows[1]), graph::Dim{step.targets, false});
  rows[1] = {};
  Shape kernel{1, 1};
  kernel.insert(kernel.end(), windows.kernel.begin(), windows.kernel.end());
  const std::vector<double> ones(static_cast<std::size_t>(element_count(kernel)), 1.0);
  const ValueId weight =
      build.graph().add_constant(Tensor(kernel, ones).cast(build.type(cotangent)), build.graph().fresh_name("ones"));
  const ValueId share = spread_windows(step, build.reshape(cotangent, rows), weight, windows, 1);
  return build.reshape(share, step.lifted(step.input_dims(0)));
}

}  // namespace pellucid::propagate::operators
