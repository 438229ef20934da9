#pragma once

#include <set>
#include <string_view>

#include "graph/graph.hpp"

namespace pellucid::propagate {

using Names = std::set<std::string_view>;

/// Whether a node is one of these of ONNX's own operators.
inline bool is_one_of(const graph::Node& node, const Names& names) {
  return node.domain.empty() && names.count(node.op) != 0;
}

}  // namespace pellucid::propagate
