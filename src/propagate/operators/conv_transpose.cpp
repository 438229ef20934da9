#include <algorithm>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"
#include "propagate/operators/windows.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

void conv_transpose(Step& step) {
  require_unwanted(step, 1, "the weight");
  require_unwanted(step, 2, "the bias");
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Dims weight = step.input_dims(1);  // [channels in, channels out / group, kernel…]
  const Windows windows = graph::read_transposed_windows(build.graph(), step.node);
  Dims rows = step.output_dims(), found;
  rows[0].size *= step.targets;
  found = {rows[0], weight[0]};
  std::vector<std::int64_t> pads = windows.begins;
  for (std::size_t i = 0; i < windows.kernel.size(); ++i) {
    const std::int64_t in = step.input_dims(0)[i + 2].size, out = rows[i + 2].size;
    const std::int64_t end = (in - 1) * windows.strides[i] + windows.reach(i) - windows.begins[i];
    pads.push_back(std::max<std::int64_t>(end - out, 0));
    const std::int64_t room = out + windows.begins[i] + pads.back() - windows.reach(i);
    found.push_back({room / windows.strides[i] + 1, false});
  }
  ValueId share =
      build.op("Conv", {build.reshape(step.cotangent(), rows), step.input(1)}, found, build.type(step.cotangent()),
               {{"kernel_shape", windows.kernel},
                {"strides", windows.strides},
                {"dilations", windows.dilations},
                {"pads", pads},
                {"group", graph::int_attribute(step.node, "group", 1)}});
  // Windows behind the input's last element read what no element wrote.
  for (std::size_t i = 2; i < found.size(); ++i)
    share = build.slice(share, static_cast<std::int64_t>(i), 0, step.input_dims(0)[i].size);
  step.give(0, build.reshape(share, step.lifted(step.input_dims(0))));
}

}  // namespace pellucid::propagate::operators::gradient
