#pragma once

#include <vector>

#include "graph/passes/fused/fused_node.hpp"

namespace pellucid::graph::fused {

/// The activation that the attribute "activation" of a fused product or convolution names, x itself where it names
/// none. `parameters`: its alpha and beta, or the bounds of Clip, as far as they are given.
[[nodiscard]] ValueId activation_of(FusedNode& at, ValueId x, const std::vector<float>& parameters);

}  // namespace pellucid::graph::fused
