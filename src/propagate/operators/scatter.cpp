#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/indexing.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// Whether the updates are added to the data (else they replace it).
bool adds(const Step& step) {
  const std::string reduction = graph::string_attribute(step.node, "reduction", "none");
  PELLUCID_CHECK(reduction == "none" || reduction == "add", kUnsupported,
                 "{}: no gradient rule for reduction '{}' (only none and add)", graph::describe(step.node), reduction);
  return reduction == "add";
}

}  // namespace

void scatter_nd(Step& step) {
  graph::Builder& build = step.build;
  const bool added = adds(step);
  const ValueId g = targets_last(step, step.cotangent()), indices = step.input(1);
  const ElementType type = build.type(g);
  Dims updates = step.input_dims(2);
  updates.push_back({step.targets, false});
  if (step.wants(0) && added) step.give(0, step.cotangent());
  if (step.wants(0) && !added) {
    const ValueId kept = build.op("ScatterND", {g, indices, build.zeros(updates, type)}, build.dims(g), type);
    step.give(0, targets_first(step, kept));
  }
  if (step.wants(2)) step.give(2, targets_first(step, build.op("GatherND", {g, indices}, updates, type)));
}

void scatter_elements(Step& step) {
  graph::Builder& build = step.build;
  const bool added = adds(step);
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", 0), step.input_rank(0)) + 1;
  const ValueId g = step.cotangent(), indices = for_every_target(step, step.input(1));
  const Dims updates = step.lifted(step.input_dims(2));
  const ElementType type = build.type(g);
  if (step.wants(0) && added) step.give(0, g);
  if (step.wants(0) && !added)
    step.give(0, build.op("ScatterElements", {g, indices, build.zeros(updates, type)}, build.dims(g), type,
                          {{"axis", axis}}));
  if (step.wants(2)) step.give(2, build.op("GatherElements", {g, indices}, updates, type, {{"axis", axis}}));
}

}  // namespace pellucid::propagate::operators::gradient
