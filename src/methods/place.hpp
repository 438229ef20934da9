#pragma once

#include "graph/builder.hpp"

namespace pellucid::methods {

/// Where samples and tokens are in an output, seen with the targets in front and the samples' axis taken apart where it
/// holds more than them.
struct Place {
  std::size_t sample_axis = 1;
  std::int64_t rest = 1;         ///< what the samples' axis holds besides them: heads, or the tokens
  bool lead = true;              ///< it counts the samples first
  std::int64_t token_axis = -1;  ///< -1: pooled, no token axis
  bool samples_known = true;
  bool tokens_known = true;  ///< false: it has axes that can't be told from tokens
};

/// `batch`: the samples' axis of the tokens; `tokens`: how many there are.
[[nodiscard]] Place place_of(const graph::Graph& graph, graph::ValueId output, const graph::Dim& batch,
                             std::int64_t tokens);

/// A cotangent with the samples' axis taken apart.
[[nodiscard]] graph::ValueId unfolded(graph::Builder& build, graph::ValueId cotangent, const Place& place);

}  // namespace pellucid::methods
