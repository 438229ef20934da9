#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

std::int64_t size_along(const Step& step, ValueId value, std::int64_t axis) {
  return fixed_size(step, step.build.dims(value)[static_cast<std::size_t>(axis)], "the axis of the parts");
}

/// The one part that something arrived at, among zeros.
ValueId one_part(Step& step, std::size_t part, std::int64_t axis) {
  std::int64_t before = 0, after = 0;
  for (std::size_t i = 0; i < step.node.outputs.size(); ++i) {
    if (i == part) continue;
    (i < part ? before : after) += size_along(step, step.output(i), axis);
  }
  return step.build.pad(step.cotangent(part), axis + 1, before, after);
}

}  // namespace

void concat(Step& step) {
  const std::int64_t axis =
      graph::positive_axis(graph::int_attribute(step.node, "axis", 0), step.build.rank(step.output()));
  std::int64_t start = 0;
  for (std::size_t i = 0; i < step.input_count(); ++i) {
    const std::int64_t length = size_along(step, step.input(i), axis);
    if (step.wants(i)) step.give(i, step.build.slice(step.cotangent(), axis + 1, start, length));
    start += length;
  }
}

void split(Step& step) {
  if (!step.wants(0)) return;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", 0), step.input_rank(0));
  std::vector<std::size_t> arrived;
  for (std::size_t i = 0; i < step.node.outputs.size(); ++i)
    if (step.cotangent(i) != graph::kNone) arrived.push_back(i);
  if (arrived.size() == 1) return step.give(0, one_part(step, arrived[0], axis));
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < step.node.outputs.size(); ++i) {
    const bool zero = step.cotangent(i) == graph::kNone;
    parts.push_back(zero ? step.build.zeros(step.lifted(step.output_dims(i)), step.build.type(step.input(0)))
                         : step.cotangent(i));
  }
  step.give(0, step.build.concat(parts, axis + 1));
}

}  // namespace pellucid::propagate::operators::gradient
