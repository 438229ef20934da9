#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// How a convolution's or pooling's window walks over the spatial axes.
struct Windows {
  std::vector<std::int64_t> kernel, strides, dilations;
  std::vector<std::int64_t> begins, ends;  ///< padding, with auto_pad resolved

  /// How many elements a window spans along spatial axis i.
  [[nodiscard]] std::int64_t reach(std::size_t i) const { return (kernel[i] - 1) * dilations[i] + 1; }
};

/// Reads the attributes of a Conv or pooling node; the input is input 0, [batch, channels, spatial…].
/// Throws Error{kUnsupported} where a spatial axis depends on the batch.
[[nodiscard]] Windows read_windows(const Graph& graph, const Node& node, std::vector<std::int64_t> kernel);

/// The same of a ConvTranspose: `begins` says how much of the output is cut in front, by pads, auto_pad or
/// output_shape.
[[nodiscard]] Windows read_transposed_windows(const Graph& graph, const Node& node);

}  // namespace pellucid::graph
