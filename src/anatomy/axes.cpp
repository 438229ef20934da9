#include "anatomy/axes.hpp"

#include <algorithm>

namespace pellucid::anatomy {

using graph::Dims;
using graph::kNone;
using graph::Node;
using graph::ValueId;

namespace {

/// Elements before an axis, and how many of the axes there are the batch.
std::pair<std::int64_t, int> before(const Dims& dims, std::size_t axis) {
  std::int64_t count = 1;
  int batches = 0;
  for (std::size_t i = 0; i < axis; ++i) {
    count *= dims[i].size;
    batches += dims[i].per_batch ? 1 : 0;
  }
  return {count, batches};
}

Picked picked_by_slice(const graph::Graph& graph, const Node& node, std::size_t axis) {
  const auto rank = graph.rank(node.inputs[0]);
  const std::int64_t size = graph.dims(node.inputs[0])[axis].size;
  for (std::size_t i = 1; i < node.inputs.size(); ++i)
    if (node.inputs[i] != kNone && !graph.is_constant(node.inputs[i])) return {.along = true, .computed = true};
  const auto starts = constant_ints(graph, node, 1), ends = constant_ints(graph, node, 2);
  const auto axes = constant_ints(graph, node, 3), steps = constant_ints(graph, node, 4);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::int64_t along = axes.empty() ? static_cast<std::int64_t>(i) : graph::positive_axis(axes[i], rank);
    if (along != static_cast<std::int64_t>(axis)) continue;
    const std::int64_t step = steps.empty() ? 1 : steps[i];
    Picked result{.along = true};
    if (step > 0) {
      const auto clamp = [size](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
      for (std::int64_t at = clamp(starts[i]); at < clamp(ends[i]); at += step) result.positions.push_back(at);
    } else {
      std::int64_t at = std::min(starts[i] < 0 ? starts[i] + size : starts[i], size - 1);
      const std::int64_t end = ends[i] < -size ? -1 : (ends[i] < 0 ? ends[i] + size : ends[i]);
      for (; at > end && at >= 0; at += step) result.positions.push_back(at);
    }
    return result;
  }
  return {};
}

Picked picked_by_split(const graph::Graph& graph, const Node& node, ValueId output, std::size_t axis) {
  const auto rank = graph.rank(node.inputs[0]);
  if (graph::positive_axis(graph::int_attribute(node, "axis", 0), rank) != static_cast<std::int64_t>(axis)) return {};
  std::int64_t start = 0;
  for (const ValueId part : node.outputs) {
    const std::int64_t size = part == kNone ? 0 : graph.dims(part)[axis].size;
    if (part != output) {
      start += size;
      continue;
    }
    Picked result{.along = true};
    for (std::int64_t i = 0; i < size; ++i) result.positions.push_back(start + i);
    return result;
  }
  return {};
}

Picked picked_by_gather(const graph::Graph& graph, const Node& node, std::size_t axis) {
  const auto rank = graph.rank(node.inputs[0]);
  if (graph::positive_axis(graph::int_attribute(node, "axis", 0), rank) != static_cast<std::int64_t>(axis)) return {};
  Picked result{.along = true};
  const ValueId indices = node.inputs[1];
  if (!graph.is_constant(indices) || graph.rank(indices) > 1) {
    result.computed = true;
    return result;
  }
  result.scalar = graph.rank(indices) == 0;
  const std::int64_t size = graph.dims(node.inputs[0])[axis].size;
  for (const std::int64_t at : constant_ints(graph, node, 1)) result.positions.push_back(at < 0 ? at + size : at);
  return result;
}

}  // namespace

std::optional<std::size_t> same_axis(const Dims& from, const Dims& to, std::size_t axis) {
  for (std::size_t i = 0; i < to.size(); ++i)
    if (to[i] == from[axis] && before(to, i) == before(from, axis)) return i;
  return std::nullopt;
}

std::optional<std::pair<std::size_t, std::size_t>> split_axes(const Dims& from, const Dims& to, std::size_t axis) {
  for (std::size_t first = 0; first < to.size(); ++first) {
    if (before(to, first) != before(from, axis)) continue;
    std::int64_t size = 1;
    for (std::size_t last = first; last < to.size() && !to[last].per_batch; ++last) {
      size *= to[last].size;
      if (size == from[axis].size && last > first) return std::pair{first, last};
    }
  }
  return std::nullopt;
}

std::size_t transposed_axis(const graph::Graph& graph, const Node& node, std::size_t axis) {
  const auto permutation = ints_attribute(node, "perm");
  if (permutation.empty()) return static_cast<std::size_t>(graph.rank(node.inputs[0])) - 1 - axis;
  const auto at = std::find(permutation.begin(), permutation.end(), static_cast<std::int64_t>(axis));
  return static_cast<std::size_t>(at - permutation.begin());
}

std::optional<std::vector<std::size_t>> named_axes(const graph::Graph& graph, const Node& node) {
  std::vector<std::int64_t> axes = ints_attribute(node, "axes");
  if (node.inputs.size() > 1 && node.inputs[1] != kNone) {
    if (!graph.is_constant(node.inputs[1])) return std::nullopt;
    axes = constant_ints(graph, node, 1);
  }
  const auto rank = graph.rank(node.inputs[0]);
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) result.push_back(static_cast<std::size_t>(graph::positive_axis(axis, rank)));
  if (axes.empty())
    for (std::int64_t axis = 0; axis < rank; ++axis) result.push_back(static_cast<std::size_t>(axis));
  return result;
}

Picked picked(const graph::Graph& graph, const Node& node, ValueId output, std::size_t axis) {
  if (node.op == "Slice") return picked_by_slice(graph, node, axis);
  if (node.op == "Split") return picked_by_split(graph, node, output, axis);
  if (node.op == "Gather") return picked_by_gather(graph, node, axis);
  return {};
}

}  // namespace pellucid::anatomy
