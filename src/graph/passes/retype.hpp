#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// For a node whose output becomes `to` (float32 or float64): what its attributes say of the output's type follows
/// (Cast, ConstantOfShape, EyeLike, the random operators).
void retype_attributes(Node& node, ElementType to);

}  // namespace pellucid::graph
