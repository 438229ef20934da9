#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// In a widened graph, a scalar that is a root of a whole number up to 65536 or the inverse of one, rounded to float32
/// (the 1/√d of attention), is taken unrounded: that is the number that was meant, and quotients of relevance amplify
/// the difference by 1e3 and more. All other numbers stay what the model's file has.
void unround_roots(Graph& graph);

}  // namespace pellucid::graph
