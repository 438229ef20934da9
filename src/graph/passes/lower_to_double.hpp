#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// ONNX Runtime's CPU provider has no float64 kernel for some operators (Erf, Conv, Elu, …). Every node of a graph that
/// computes in float64 with one of them is written in operators that have one; its output keeps its id, name and dims.
/// Nodes in float32 stay as they are. Runs last: rules look for the operators that it removes. Throws
/// Error{kUnsupported}, naming the node, where that is not possible.
void lower_to_double(Graph& graph);

}  // namespace pellucid::graph
