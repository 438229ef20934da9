#include "graph/passes/stand_in.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::graph {

void stand_in(Graph& graph, ValueId value, ValueId result) {
  Value &kept = graph.value(value), &made = graph.value(result);
  PELLUCID_ASSERT(kept.producer != kNone && made.producer != kNone && kept.dims == made.dims);
  Node &former = graph.node(kept.producer), &latter = graph.node(made.producer);
  PELLUCID_ASSERT(latter.outputs.size() == 1 && graph.consumers(result).empty());
  std::replace(former.outputs.begin(), former.outputs.end(), value, kNone);
  former.removed = std::all_of(former.outputs.begin(), former.outputs.end(), [](ValueId id) { return id == kNone; });
  latter.outputs[0] = value;
  kept.type = made.type;
  kept.producer = made.producer;
  made.producer = kNone;
}

}  // namespace pellucid::graph
