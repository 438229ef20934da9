#include "propagate/operators/helpers.hpp"

#include <numeric>

#include "base/check.hpp"

namespace pellucid::propagate::operators {

using graph::Dim;
using graph::Dims;
using graph::ValueId;

void give_scaled(Step& step, ValueId factor) {
  if (step.wants(0)) step.give(0, step.build.mul(step.cotangent(), factor));
}

void give_where(Step& step, ValueId condition) {
  if (!step.wants(0)) return;
  step.give(0, step.build.where(condition, step.cotangent(), step.build.scalar_like(0, step.cotangent())));
}

ValueId indicator(Step& step, ValueId condition, ValueId like) {
  return step.build.cast(condition, step.build.type(like));
}

void give_reshaped(Step& step) {
  if (step.wants(0)) step.give(0, step.build.reshape(step.cotangent(), step.lifted(step.input_dims(0))));
}

Dim product(const Dim& a, const Dim& b) {
  PELLUCID_ASSERT(!(a.per_batch && b.per_batch));
  return {a.size * b.size, a.per_batch || b.per_batch};
}

Dim product(const Dims& dims, std::size_t begin, std::size_t end) {
  Dim out;
  for (std::size_t i = begin; i < end; ++i) out = product(out, dims.at(i));
  return out;
}

std::int64_t fixed_size(const Step& step, const Dim& dim, std::string_view what) {
  PELLUCID_CHECK(!dim.per_batch, kUnsupported,
                 "{}: {} depends on the batch size; no gradient rule for that: export the model with a fixed batch",
                 graph::describe(step.node), what);
  return dim.size;
}

void require_unwanted(const Step& step, std::size_t i, std::string_view role) {
  PELLUCID_CHECK(!step.wants(i), kUnsupported,
                 "{}: {} (input {}) is computed from what is explained; the gradient is only passed where it is a "
                 "constant",
                 graph::describe(step.node), role, i);
}

ValueId targets_last(Step& step, ValueId cotangent) {
  std::vector<std::int64_t> permutation(static_cast<std::size_t>(step.build.rank(cotangent)));
  std::iota(permutation.begin(), permutation.end(), 1);
  permutation.back() = 0;
  return step.build.transpose(cotangent, permutation);
}

ValueId targets_first(Step& step, ValueId cotangent) {
  const std::int64_t rank = step.build.rank(cotangent);
  std::vector<std::int64_t> permutation(static_cast<std::size_t>(rank));
  std::iota(permutation.begin(), permutation.end(), -1);
  permutation.front() = rank - 1;
  return step.build.transpose(cotangent, permutation);
}

ValueId times_matrix(Step& step, ValueId cotangent, std::size_t axis, const Tensor& matrix) {
  graph::Builder& build = step.build;
  const ValueId weight =
      build.graph().add_rounded(matrix, build.type(cotangent), build.graph().fresh_name("interpolation"));
  std::vector<std::int64_t> swap(static_cast<std::size_t>(build.rank(cotangent)));
  std::iota(swap.begin(), swap.end(), 0);
  std::swap(swap[axis], swap.back());
  return build.transpose(build.matmul(build.transpose(cotangent, swap), weight), swap);
}

std::vector<std::int64_t> behind_targets(std::vector<std::int64_t> axes, std::int64_t rank) {
  for (std::int64_t& axis : axes) axis = graph::positive_axis(axis, rank) + 1;
  return axes;
}

}  // namespace pellucid::propagate::operators
