#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// What a Slice takes from one axis: `count` elements from `start` on, every `step`-th (negative: backwards).
struct Range {
  std::int64_t axis, start, count, step, size;
};

Range read_range(const Step& step, std::int64_t axis, std::int64_t start, std::int64_t end, std::int64_t stride) {
  const std::int64_t size = fixed_size(step, step.input_dims(0)[static_cast<std::size_t>(axis)], "the sliced axis");
  const std::int64_t count = step.output_dims()[static_cast<std::size_t>(axis)].size;
  const bool forward = stride > 0;
  if (start < 0) start += size;
  start = std::clamp(start, std::int64_t{0}, forward ? size : size - 1);
  if (end < 0 && end > std::numeric_limits<std::int64_t>::min() / 2) end += size;
  end = forward ? std::clamp(end, std::int64_t{0}, size) : std::clamp(end, std::int64_t{-1}, size - 1);
  const std::int64_t span = forward ? end - start : start - end;
  const std::int64_t taken = span <= 0 ? 0 : (span + std::abs(stride) - 1) / std::abs(stride);
  PELLUCID_CHECK(taken == count, kInternal, "internal: {} takes {} elements of axis {}, its output has {}",
                 graph::describe(step.node), taken, axis, count);
  return {axis, start, count, stride, size};
}

ValueId reversed(graph::Builder& build, ValueId a, std::int64_t axis) {
  const ValueId start = build.ints({-1}), end = build.ints({std::numeric_limits<std::int64_t>::min()});
  return build.op("Slice", {a, start, end, build.ints({axis}), build.ints({-1})}, build.dims(a), build.type(a));
}

/// Puts `gap` zeros behind every element along an axis.
ValueId spread(graph::Builder& build, ValueId a, std::int64_t axis, std::int64_t gap) {
  Dims dims = build.dims(a);
  dims[static_cast<std::size_t>(axis)].size *= gap + 1;
  return build.reshape(build.pad(build.unsqueeze(a, axis + 1), axis + 1, 0, gap), dims);
}

/// Puts the taken elements back to where they stood, zeros elsewhere.
ValueId put_back(Step& step, ValueId g, Range range) {
  graph::Builder& build = step.build;
  const std::int64_t axis = range.axis + 1;
  if (range.step < 0 && range.count > 0) {
    g = reversed(build, g, axis);
    range.start += (range.count - 1) * range.step;
    range.step = -range.step;
  }
  if (range.step > 1 && range.count > 1) {
    g = spread(build, g, axis, range.step - 1);
    range.count = (range.count - 1) * range.step + 1;
    g = build.slice(g, axis, 0, range.count);
  }
  return build.pad(g, axis, range.start, range.size - range.start - range.count);
}

/// The first samples of an axis that counts several things for each, as the ends computed from the batch say.
bool takes_first_samples(const Step& step, std::int64_t& axis) {
  const graph::Graph& graph = step.build.graph();
  if (step.node.inputs.size() < 4 || graph.is_constant(step.node.inputs[2])) return false;
  const auto starts = graph::constant_ints(graph, step.node, 1), axes = graph::constant_ints(graph, step.node, 3),
             steps = graph::constant_ints(graph, step.node, 4);
  if (starts != std::vector<std::int64_t>{0} || axes.size() != 1 || (!steps.empty() && steps[0] != 1)) return false;
  axis = graph::positive_axis(axes[0], step.input_rank(0));
  const auto at = static_cast<std::size_t>(axis);
  return step.input_dims(0)[at].per_batch && step.output_dims()[at].per_batch;
}

/// Zeros for the samples behind the first ones.
void give_first_samples(Step& step, std::int64_t axis) {
  const auto at = static_cast<std::size_t>(axis);
  Dims rest = step.build.dims(step.cotangent());
  rest[at + 1].size = step.input_dims(0)[at].size - step.output_dims()[at].size;
  if (rest[at + 1].size == 0) return step.give(0, step.cotangent());
  const ValueId zeros = step.build.zeros(rest, step.build.type(step.cotangent()));
  step.give(0, step.build.concat({step.cotangent(), zeros}, axis + 1));
}

}  // namespace

void slice(Step& step) {
  if (!step.wants(0)) return;
  const graph::Graph& graph = step.build.graph();
  if (std::int64_t axis = 0; takes_first_samples(step, axis)) return give_first_samples(step, axis);
  const auto starts = graph::constant_ints(graph, step.node, 1), ends = graph::constant_ints(graph, step.node, 2);
  std::vector<std::int64_t> axes = graph::constant_ints(graph, step.node, 3);
  const std::vector<std::int64_t> steps = graph::constant_ints(graph, step.node, 4);
  if (axes.empty())
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  ValueId g = step.cotangent();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t axis = graph::positive_axis(axes[i], step.input_rank(0));
    const std::int64_t stride = steps.empty() ? 1 : steps[i];
    const auto at = static_cast<std::size_t>(axis);
    if (stride == 1 && step.input_dims(0)[at] == step.output_dims()[at]) continue;
    g = put_back(step, g, read_range(step, axis, starts[i], ends[i], stride));
  }
  step.give(0, g);
}

}  // namespace pellucid::propagate::operators::gradient
