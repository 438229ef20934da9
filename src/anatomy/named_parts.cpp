#include "anatomy/named_parts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace pellucid::anatomy {

using graph::ValueId;

namespace {

/// A value is the attention's probabilities, or the Softmax that they come from.
bool holds(const Dataflow& flow, const FoundSite& found, ValueId named) {
  if (found.site.probabilities == named) return true;
  const graph::Node* maker = flow.graph().producer(named);
  return maker != nullptr && maker->op == "Softmax" && maker->inputs[0] == found.site.scores;
}

/// The first block that lies behind `tokens`; none where the chain doesn't, or has tensors of another size there.
std::ptrdiff_t first_behind(const Dataflow& flow, const Chain& chain, ValueId tokens) {
  const auto behind = [&](const Chain::Link& link) { return flow.dominates(tokens, link.input); };
  const auto first = std::find_if(chain.links.begin(), chain.links.end(), behind);
  const bool fits = first != chain.links.end() && flow.graph().dims(tokens) == flow.graph().dims(first->input);
  return fits ? first - chain.links.begin() : -1;
}

}  // namespace

std::vector<FoundSite> named_sites(const Dataflow& flow, const std::vector<FoundSite>& found,
                                   const std::vector<ValueId>& named, std::vector<std::string>& evidence) {
  std::vector<FoundSite> sites;
  for (const ValueId id : named) {
    const auto same = [&](const FoundSite& site) { return holds(flow, site, id); };
    const auto at = std::find_if(found.begin(), found.end(), same);
    sites.push_back(at != found.end() ? *at : site_at(flow, id));
    evidence.push_back(fmt::format("attention '{}' is named{}", flow.graph().value(id).name,
                                   at != found.end() ? ", and found" : "; nothing else says so"));
  }
  const auto earlier = [&](const FoundSite& a, const FoundSite& b) {
    return flow.position(a.site.context) < flow.position(b.site.context);
  };
  std::stable_sort(sites.begin(), sites.end(), earlier);
  return sites;
}

void enter_at(const Dataflow& flow, std::vector<Chain>& chains, ValueId tokens, std::vector<std::string>& evidence) {
  const std::string& name = flow.graph().value(tokens).name;
  int entered = 0;
  for (Chain& chain : chains) {
    const std::ptrdiff_t first = first_behind(flow, chain, tokens);
    if (first < 0) continue;
    chain.links.erase(chain.links.begin(), chain.links.begin() + first);
    ++entered;
  }
  PELLUCID_CHECK(entered == 1, kUsage,
                 "tokens: '{}' {} enters {} of attention blocks; where the blocks are not found, name them, too", name,
                 graph::to_string(flow.graph().dims(tokens)), entered == 0 ? "no stream" : "more than one stream");
  evidence.push_back(fmt::format("the stream enters at '{}', as named", name));
}

}  // namespace pellucid::anatomy
