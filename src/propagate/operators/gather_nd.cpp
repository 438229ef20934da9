#include <numeric>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/indexing.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// 0, 1, … along one axis.
ValueId count_up(graph::Builder& build, const graph::Dim& dim) {
  if (!dim.per_batch) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(dim.size));
    std::iota(numbers.begin(), numbers.end(), 0);
    return build.ints(numbers);
  }
  const ValueId end = build.squeeze(build.shape_vector({dim}), 0);
  const ValueId zero = build.scalar(0, ElementType::kInt64), one = build.scalar(1, ElementType::kInt64);
  return build.op("Range", {zero, end, one}, {dim}, ElementType::kInt64);
}

/// Indices of batch_dims > 0 with the coordinates of the shared axes written in front.
ValueId with_batch_coordinates(graph::Builder& build, ValueId indices, std::int64_t batch_dims) {
  Dims one = build.dims(indices);
  one.back() = {};
  std::vector<ValueId> coordinates;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(batch_dims); ++axis) {
    Dims along(one.size());
    along[axis] = one[axis];
    coordinates.push_back(build.expand(build.reshape(count_up(build, one[axis]), along), one));
  }
  coordinates.push_back(indices);
  return build.concat(coordinates, -1);
}

}  // namespace

void gather_nd(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const std::int64_t batch_dims = graph::int_attribute(step.node, "batch_dims", 0);
  const ValueId indices = with_batch_coordinates(build, step.input(1), batch_dims);
  Dims dims = step.input_dims(0);
  dims.push_back({step.targets, false});
  const ValueId sums = scatter_add(build, dims, indices, targets_last(step, step.cotangent()));
  step.give(0, targets_first(step, sums));
}

void gather_elements(Step& step) {
  if (!step.wants(0)) return;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", 0), step.input_rank(0));
  step.give(0, scatter_elements_add(step.build, step.lifted(step.input_dims(0)), for_every_target(step, step.input(1)),
                                    step.cotangent(), axis + 1));
}

}  // namespace pellucid::propagate::operators::gradient
