#include "methods/saturation.hpp"

#include <algorithm>

namespace pellucid::methods {

using graph::ValueId;

std::vector<graph::NodeId> head_gates(const Context& context) {
  std::vector<graph::NodeId> gates;
  const graph::Graph& graph = context.build.graph();
  for (const graph::NodeId id : context.walked()) {
    const graph::Node& node = graph.node(id);
    const bool row = node.op == "Tanh" && graph.rank(node.outputs[0]) == 2 && graph.dims(node.outputs[0])[0].per_batch;
    if (row && context.passed(node.outputs[0])) gates.push_back(id);
  }
  std::sort(gates.begin(), gates.end());
  return gates;
}

ValueId gradient_share(Context& context, const std::vector<graph::NodeId>& gates) {
  graph::Builder& build = context.build;
  ValueId told = graph::kNone, passed = graph::kNone;
  for (const graph::NodeId id : gates) {
    const ValueId z = build.graph().node(id).inputs[0], y = build.graph().node(id).outputs[0];
    const ValueId c = context.relevance(y);
    const ValueId slope = build.sub(build.scalar_like(1, y), build.mul(y, y));
    const auto size = [&](ValueId value) { return context.sum_last(build.unary("Abs", build.mul(c, value))); };
    told = context.plus(told, size(build.mul(z, slope)));
    passed = context.plus(passed, size(y));
  }
  return told == graph::kNone ? told : build.div(told, build.maximum(passed, build.scalar_like(1e-30, passed)));
}

}  // namespace pellucid::methods
