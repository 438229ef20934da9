#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// Where an axis of a Reshape-like node's input lies in its output; nothing where it was split or merged.
[[nodiscard]] std::optional<std::size_t> same_axis(const graph::Dims& from, const graph::Dims& to, std::size_t axis);
/// The axes of `to` that one axis of `from` was split into ([b, c, 16] to [b, c, 4, 4]), first and last; nothing
/// where it wasn't.
[[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> split_axes(const graph::Dims& from,
                                                                            const graph::Dims& to, std::size_t axis);
/// Where a Transpose puts an axis of its input.
[[nodiscard]] std::size_t transposed_axis(const graph::Graph& graph, const graph::Node& node, std::size_t axis);
/// The axes that a Reduce or a Squeeze names, non-negative; nothing where they aren't constant.
[[nodiscard]] std::optional<std::vector<std::size_t>> named_axes(const graph::Graph& graph, const graph::Node& node);

/// Positions along `axis` of a node's first input that a Slice, Split or Gather with constant indices picks for
/// `output`; nothing where it works along another axis or is computed from data (`computed` is set then).
struct Picked {
  bool along = false;     ///< the node works along this axis
  bool computed = false;  ///< at positions that aren't constant
  bool scalar = false;    ///< the axis disappears (Gather of one index)
  std::vector<std::int64_t> positions{};
};
[[nodiscard]] Picked picked(const graph::Graph& graph, const graph::Node& node, graph::ValueId output,
                            std::size_t axis);

}  // namespace pellucid::anatomy
