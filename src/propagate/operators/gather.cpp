#include <algorithm>

#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/indexing.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// Constant indices into an axis of `size` elements, none negative.
std::vector<std::int64_t> constant_indices(const Step& step, std::int64_t size) {
  std::vector<std::int64_t> indices = graph::constant_ints(step.build.graph(), step.node, 1);
  for (std::int64_t& index : indices) index = graph::positive_axis(index, size);
  return indices;
}

bool contiguous(const std::vector<std::int64_t>& indices) {
  for (std::size_t i = 1; i < indices.size(); ++i)
    if (indices[i] != indices[i - 1] + 1) return false;
  return !indices.empty();
}

/// For every element of the axis the position it was taken to, or the number of positions where it was not taken;
/// empty where one was taken twice.
std::vector<std::int64_t> inverse(const std::vector<std::int64_t>& indices, std::int64_t size) {
  const auto nowhere = static_cast<std::int64_t>(indices.size());
  std::vector<std::int64_t> from(static_cast<std::size_t>(size), nowhere);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::int64_t& at = from[static_cast<std::size_t>(indices[i])];
    if (at != nowhere) return {};
    at = static_cast<std::int64_t>(i);
  }
  return from;
}

/// `g` has the taken elements along `axis`; none was taken twice.
ValueId gather_back(graph::Builder& build, ValueId g, std::int64_t axis, const std::vector<std::int64_t>& from) {
  const std::int64_t taken = build.dims(g)[static_cast<std::size_t>(axis)].size;
  const bool all = std::count(from.begin(), from.end(), taken) == 0;
  return build.gather(all ? g : build.pad(g, axis, 0, 1), build.ints(from), axis);
}

/// Any indices: adds the rows up where they were taken from.
ValueId scatter_back(Step& step, ValueId g, std::int64_t axis, const graph::Dim& size) {
  graph::Builder& build = step.build;
  std::vector<std::int64_t> front{axis}, back;
  for (std::int64_t i = 0; i < build.rank(g); ++i)
    if (i != axis) front.push_back(i);
  for (std::int64_t i = 1; i <= axis; ++i) back.push_back(i);
  back.push_back(0);
  for (std::int64_t i = axis + 1; i < build.rank(g); ++i) back.push_back(i);

  const ValueId rows = build.transpose(g, front);
  Dims dims = build.dims(rows);
  const ValueId indices = build.reshape(build.cast(step.input(1), ElementType::kInt64), {dims[0], graph::Dim{}});
  dims[0] = size;
  return build.transpose(scatter_add(build, dims, indices, rows), back);
}

}  // namespace

void gather(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", 0), step.input_rank(0));
  const auto at = static_cast<std::size_t>(axis);
  const graph::Dim size = step.input_dims(0)[at];
  // the axes of the indices as one: [targets, before…, taken, behind…]
  Dims flat = step.lifted(step.input_dims(0));
  flat[at + 1] = product(step.input_dims(1), 0, step.input_dims(1).size());
  const ValueId g = build.reshape(step.cotangent(), flat);
  if (!build.graph().is_constant(step.input(1)) || size.per_batch)
    return step.give(0, scatter_back(step, g, axis + 1, size));

  const std::vector<std::int64_t> indices = constant_indices(step, size.size);
  if (contiguous(indices)) return step.give(0, build.pad(g, axis + 1, indices.front(), size.size - 1 - indices.back()));
  const std::vector<std::int64_t> from = inverse(indices, size.size);
  step.give(0, from.empty() ? scatter_back(step, g, axis + 1, size) : gather_back(build, g, axis + 1, from));
}

}  // namespace pellucid::propagate::operators::gradient
