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

/// Where the samples are within the axis that they share.
enum class Order { kAlone, kFirst, kLast, kUnknown };

/// The axis of a Reshape's input with which an axis of its output begins; nothing where it begins within one.
std::optional<std::size_t> first_folded(const Dims& from, const Dims& to, std::size_t axis) {
  std::int64_t before = 1, count = 1;
  for (std::size_t i = 0; i < axis; ++i) before *= to[i].size;
  std::size_t first = 0;
  while (first < from.size() && (count < before || from[first] == Dim{})) count *= from[first++].size;
  if (count != before || first == from.size()) return std::nullopt;
  return first;
}

/// The order that a Reshape leaves, `inner` being that of its input.
Order reshaped(const Dims& from, const Dims& to, Order inner) {
  const std::size_t axis = *sample_axis(to);
  const auto samples = sample_axis(from), first = first_folded(from, to, axis);
  if (!samples || !first || *first > *samples || inner == Order::kUnknown) return Order::kUnknown;
  if (*first == *samples) {
    if (inner == Order::kLast) return from[*samples] == to[axis] ? Order::kLast : Order::kUnknown;
    return Order::kFirst;
  }
  std::int64_t before = 1;
  for (std::size_t i = *first; i < *samples; ++i) before *= from[i].size;
  // Of an axis of samples and heads only the samples may be taken: [T, B·H, d] to [T·B, E].
  const bool whole = before * from[*samples].size == to[axis].size && inner != Order::kFirst;
  const bool cut = before == to[axis].size && inner == Order::kFirst;
  return whole || cut ? Order::kLast : Order::kUnknown;
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

Order order_of(const Graph& graph, ValueId value) {
  const Dims& dims = graph.dims(value);
  const auto axis = sample_axis(dims);
  if (!axis) return Order::kUnknown;
  if (dims[*axis].size == 1) return Order::kAlone;
  const Node* node = graph.producer(value);
  if (node == nullptr) return Order::kUnknown;
  if (node->op == "Transpose") return order_of(graph, node->inputs[0]);
  if (node->op == "Reshape" || node->op == "Flatten" || node->op == "Squeeze" || node->op == "Unsqueeze")
    return reshaped(graph.dims(node->inputs[0]), dims, order_of(graph, node->inputs[0]));
  const ValueId carrier = carrier_of(graph, *node, dims[*axis], dims.size() - 1 - *axis);
  return carrier == graph::kNone ? Order::kUnknown : order_of(graph, carrier);
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
  const Order order = order_of(graph, value);
  if (order == Order::kUnknown) return std::nullopt;
  return order != Order::kLast;
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
