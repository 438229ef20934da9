#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

void tile(Step& step) {
  // [targets, repeats, size, …] summed over the repeats
  if (!step.wants(0)) return;
  const std::vector<std::int64_t> repeats = graph::constant_ints(step.build.graph(), step.node, 1);
  graph::Dims apart{{step.targets, false}};
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    if (repeats[i] != 1) {
      axes.push_back(static_cast<std::int64_t>(apart.size()));
      apart.push_back({repeats[i], false});
    }
    apart.push_back(step.input_dims(0)[i]);
  }
  step.give(0, step.build.reduce_sum(step.build.reshape(step.cotangent(), apart), axes, false));
}

}  // namespace pellucid::propagate::operators::gradient
