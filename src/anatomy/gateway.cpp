#include "anatomy/gateway.hpp"

#include <algorithm>
#include <set>

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

namespace {

/// What ids look up in tables of vectors.
std::vector<ValueId> looked_up(const Dataflow& flow, ValueId ids) {
  std::vector<ValueId> found;
  for (const graph::NodeId id : flow.order()) {
    const graph::Node& node = flow.graph().node(id);
    if (node.op != "Gather" || flow.varies(node.inputs[0]) || flow.graph().rank(node.inputs[0]) != 2) continue;
    const std::vector<ValueId> origins = flow.origins(node.inputs[1]);
    if (flow.varies(node.inputs[1]) && std::find(origins.begin(), origins.end(), ids) != origins.end())
      found.push_back(node.outputs[0]);
  }
  return found;
}

}  // namespace

std::string attention_before(const Dataflow& flow, const std::vector<FoundSite>& sites, ValueId tokens) {
  std::vector<ValueId> open{tokens};
  std::set<ValueId> behind;
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (!behind.insert(at).second) continue;
    for (const ValueId from : flow.sources(at)) open.push_back(from);
  }
  for (const FoundSite& found : sites)
    if (behind.count(found.site.probabilities) != 0) return flow.graph().value(found.site.probabilities).name;
  return {};
}

bool passes_by(const Dataflow& flow, ValueId input, ValueId tokens) {
  if (input == kNone) return false;
  std::vector<ValueId> open = flow.graph().is_float(input) ? std::vector<ValueId>{input} : looked_up(flow, input);
  std::set<ValueId> seen{tokens};
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    if (!flow.graph().is_float(at) || !seen.insert(at).second) continue;
    if (at == flow.logits()) return true;
    for (const graph::NodeId reader : flow.readers(at))
      for (const ValueId output : flow.graph().node(reader).outputs)
        if (flow.flows(output)) open.push_back(output);
  }
  return false;
}

}  // namespace pellucid::anatomy
