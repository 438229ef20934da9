#include "anatomy/sample_axis.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace pellucid::anatomy {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

/// The axes of a Reshape's input that one axis of its output was made of; nothing where they can't be told.
struct Group {
  std::size_t first = 0, last = 0;
  bool cut = false;  ///< of the last only the samples, what they share the axis with goes elsewhere
};
std::optional<Group> folded_axes(const Dims& from, const Dims& to, std::size_t axis) {
  std::int64_t before = 1;
  for (std::size_t i = 0; i < axis; ++i) before *= to[i].size;
  std::int64_t count = 1;
  std::size_t first = 0;
  while (first < from.size() && (count < before || from[first] == Dim{})) count *= from[first++].size;
  if (count != before || first == from.size()) return std::nullopt;
  if (from[first] == Dim{1, true}) return Group{first, first};
  std::int64_t size = 1;
  for (std::size_t last = first; last < from.size() && size <= to[axis].size; ++last) {
    const bool sampled = sample_axis(from).value_or(from.size()) <= last;
    if (sampled && size * from[last].size == to[axis].size) return Group{first, last};
    if (sampled && from[last].per_batch && size == to[axis].size) return Group{first, last, true};
    size *= from[last].size;
  }
  return std::nullopt;
}

/// An operand that has this very axis at the same place from the end.
ValueId carrier_of(const Graph& graph, const Node& node, const Dim& dim, std::size_t from_end) {
  for (const ValueId input : node.inputs) {
    if (input == graph::kNone || !graph.is_float(input)) continue;
    const Dims& dims = graph.dims(input);
    if (from_end < dims.size() && dims[dims.size() - 1 - from_end] == dim) return input;
  }
  return graph::kNone;
}

void swap_axes(graph::Builder& build, ValueId& x, std::size_t axis) {
  std::vector<std::int64_t> permutation(static_cast<std::size_t>(build.rank(x)));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::swap(permutation[axis], permutation[axis + 1]);
  x = build.transpose(x, permutation);
}

}  // namespace

std::optional<std::size_t> sample_axis(const Dims& dims) {
  const auto at = std::find_if(dims.begin(), dims.end(), [](const Dim& dim) { return dim.per_batch; });
  if (at == dims.end()) return std::nullopt;
  return static_cast<std::size_t>(at - dims.begin());
}

std::optional<bool> samples_lead(const Graph& graph, ValueId value) {
  const auto found = sample_axis(graph.dims(value));
  if (!found) return std::nullopt;
  std::size_t axis = *found;
  const Dim dim = graph.dims(value)[axis];
  if (dim.size == 1) return true;
  while (const Node* node = graph.producer(value)) {
    const Dims& to = graph.dims(value);
    if (node->op == "Reshape" || node->op == "Flatten" || node->op == "Squeeze" || node->op == "Unsqueeze") {
      value = node->inputs[0];
      const Dims& from = graph.dims(value);
      const auto group = folded_axes(from, to, axis);
      if (!group) return std::nullopt;
      if (group->cut) return samples_lead(graph, value) == true ? std::optional(false) : std::nullopt;
      if (from[group->first] == Dim{1, true}) return true;
      if (from[group->last] == Dim{1, true}) return false;
      axis = group->first;
      if (from[axis] != dim) return std::nullopt;
    } else if (node->op == "Transpose") {
      value = node->inputs[0];
      axis = static_cast<std::size_t>(graph::ints_attribute(*node, "perm").at(axis));
    } else {
      const std::size_t from_end = to.size() - 1 - axis;
      value = carrier_of(graph, *node, dim, from_end);
      if (value == graph::kNone) return std::nullopt;
      axis = graph.dims(value).size() - 1 - from_end;
    }
  }
  return std::nullopt;
}

ValueId unfold_samples(graph::Builder& build, ValueId x, std::size_t axis, bool lead) {
  Dims dims = build.dims(x);
  const std::int64_t rest = dims.at(axis).size;
  PELLUCID_ASSERT(dims[axis].per_batch);
  dims[axis] = Dim{1, true};
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis) + (lead ? 1 : 0), Dim{rest, false});
  x = build.reshape(x, dims);
  if (!lead) swap_axes(build, x, axis);
  return x;
}

ValueId fold_samples(graph::Builder& build, ValueId x, std::size_t axis, bool lead) {
  Dims dims = build.dims(x);
  PELLUCID_ASSERT((dims.at(axis) == Dim{1, true}) && !dims.at(axis + 1).per_batch);
  dims[axis].size = dims[axis + 1].size;
  dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis) + 1);
  if (!lead) swap_axes(build, x, axis);
  return build.reshape(x, dims);
}

}  // namespace pellucid::anatomy
