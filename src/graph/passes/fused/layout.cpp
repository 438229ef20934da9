#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {

void expand_dims(FusedNode& at) {
  const std::vector<std::int64_t> axis = constant_ints(at.build.graph(), at.node, 1);
  at.refuse(axis.size() != 1, "more than one axis is");
  at.give(0, at.build.unsqueeze(at.required(0), axis[0]));
}

void trilu(FusedNode& at) {
  at.give(0,
          at.build.op("Trilu", at.node.inputs, at.output_dims(0), at.build.type(at.required(0)), at.node.attributes));
}

}  // namespace pellucid::graph::fused
