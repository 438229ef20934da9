#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"
#include "propagate/operators/windows.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

void conv(Step& step) {
  require_unwanted(step, 1, "the weight");
  require_unwanted(step, 2, "the bias");
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  std::vector<std::int64_t> kernel;
  for (std::size_t i = 2; i < step.input_dims(1).size(); ++i) kernel.push_back(step.input_dims(1)[i].size);
  // targets and batch in one axis: [targets batch, channels, spatial…]
  Dims rows = step.output_dims();
  rows[0].size *= step.targets;
  const ValueId share = spread_windows(step, build.reshape(step.cotangent(), rows), step.input(1),
                                       read_windows(step, kernel), graph::int_attribute(step.node, "group", 1));
  step.give(0, build.reshape(share, step.lifted(step.input_dims(0))));
}

}  // namespace pellucid::propagate::operators::gradient
