#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

void trilu(Step& step) {
  if (!step.wants(0)) return;
  const graph::ValueId g = step.cotangent();
  std::vector<graph::ValueId> inputs{g};
  if (step.has_input(1)) inputs.push_back(step.input(1));
  step.give(0, step.build.op("Trilu", inputs, step.build.dims(g), step.build.type(g),
                             {{"upper", graph::int_attribute(step.node, "upper", 1)}}));
}

}  // namespace pellucid::propagate::operators::gradient
