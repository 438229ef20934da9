#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Whether the operators that lead to a value alone show that it is nowhere below 0.
[[nodiscard]] bool never_negative(const Graph& graph, ValueId id);

}  // namespace pellucid::graph
