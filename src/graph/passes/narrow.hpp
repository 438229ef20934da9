#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// In a graph in float64, every node from `first` on (the walk back, emitted behind the forward pass) computes in
/// float32 instead: its values become float32, their ids, names and dims stay. A float64 value that comes from before,
/// from an input or a constant is cast once; where it is itself a Cast of a float32 value (an input, a large weight),
/// that value is read. Constants are rounded, but a finite one stays finite and one that isn't zero isn't made zero.
/// No node before `first` reads what one from there on makes.
void narrow(Graph& graph, NodeId first);

}  // namespace pellucid::graph
