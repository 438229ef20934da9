#pragma once

#include <set>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Where a head reads only some rows (the class token), computes only these: selections of rows move up through
/// row-wise nodes towards their inputs. Only the ways to `roots` change (a root that is itself
/// replaced is updated there); values in `keep` stay on them as they are.
/// Values that other readers need stay computable. Returns how many nodes now work on fewer rows.
int slice_rows(Graph& graph, std::vector<ValueId>& roots, const std::set<ValueId>& keep);

}  // namespace pellucid::graph
