#include "anatomy/gateway.hpp"

#include <set>

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

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
  if (input == kNone || !flow.graph().is_float(input)) return false;
  std::vector<ValueId> open{input};
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
