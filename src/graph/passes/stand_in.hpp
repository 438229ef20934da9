#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// From now on `value` is what the node behind `result` makes: its id, name and readers stay, its former node is
/// removed. `result` is the only output of a new node that nothing reads.
void stand_in(Graph& graph, ValueId value, ValueId result);

}  // namespace pellucid::graph
