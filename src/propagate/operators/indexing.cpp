#include "propagate/operators/indexing.hpp"

namespace pellucid::propagate::operators {

using graph::Dims;
using graph::ValueId;

ValueId scatter_add(graph::Builder& build, const Dims& dims, ValueId indices, ValueId updates) {
  const ElementType type = build.type(updates);
  return build.op("ScatterND", {build.zeros(dims, type), indices, updates}, dims, type, {{"reduction", "add"}});
}

ValueId scatter_elements_add(graph::Builder& build, const Dims& dims, ValueId indices, ValueId updates,
                             std::int64_t axis) {
  const ElementType type = build.type(updates);
  return build.op("ScatterElements", {build.zeros(dims, type), indices, updates}, dims, type,
                  {{"axis", axis}, {"reduction", "add"}});
}

ValueId for_every_target(Step& step, ValueId indices) {
  return step.build.expand(step.build.unsqueeze(indices, 0), step.lifted(step.build.dims(indices)));
}

}  // namespace pellucid::propagate::operators
