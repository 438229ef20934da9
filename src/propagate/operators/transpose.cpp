#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

void transpose(Step& step) {
  if (!step.wants(0)) return;
  const auto rank = static_cast<std::size_t>(step.input_rank(0));
  std::vector<std::int64_t> forward = graph::ints_attribute(step.node, "perm");
  if (forward.empty())
    for (std::size_t i = 0; i < rank; ++i) forward.push_back(static_cast<std::int64_t>(rank - 1 - i));
  std::vector<std::int64_t> back(rank + 1, 0);
  for (std::size_t i = 0; i < rank; ++i)
    back[static_cast<std::size_t>(forward[i]) + 1] = static_cast<std::int64_t>(i) + 1;
  step.give(0, step.build.transpose(step.cotangent(), back));
}

}  // namespace pellucid::propagate::operators::gradient
