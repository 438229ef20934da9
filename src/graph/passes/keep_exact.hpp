#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// ONNX Runtime's default optimisation fuses a scalar factor into the MatMul beside it (MatMulScaleFusion), and a root
/// mean square into one node (SimplifiedLayerNormFusion), and then computes with float32 factors what was float64:
/// relevance in a program that runs elsewhere would be off by per cents. In a float64 graph, factors become
/// vectors of the last axis' size and squares are written as products, so that neither matches.
void keep_exact(Graph& graph);

}  // namespace pellucid::graph
