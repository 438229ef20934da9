#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// In a graph in float64, the nodes from `first` up to `end` (the walk back, emitted behind the forward pass) compute
/// in float32 instead: their values become float32, ids, names and dims stay. A float64 value that another node makes,
/// an input or a constant is cast once; where it is itself a Cast of a float32 value (an input, a large weight), that
/// value is read. Constants are rounded, but a finite one stays finite and one that isn't zero isn't made zero. No
/// other node reads what these make.
void narrow(Graph& graph, NodeId first, NodeId end);

}  // namespace pellucid::graph
