#include "anatomy/stream.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "anatomy/plumbing.hpp"
#include "anatomy/token_axis.hpp"
#include "base/check.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

namespace {

/// The nearest tensor behind a skip operand that q, k and v are made from, [batch, tokens, width] where there is one.
ValueId skip_source(const Dataflow& flow, ValueId operand, ValueId source) {
  ValueId other = kNone;
  for (const ValueId at : behind_scales(flow, operand)) {
    if (flow.graph().rank(at) < 3 || !flow.dominates(at, source)) continue;
    if (lists_tokens(flow, at)) return at;
    if (other == kNone) other = at;
  }
  return other;
}

/// The Add after the site's context whose other operand leads back to a tensor from which the site was projected.
bool close_block(const Dataflow& flow, Chain::Link& link) {
  if (link.site.source == kNone) return false;
  for (ValueId at = flow.next_cut(link.site.site.context); at != kNone; at = flow.next_cut(at))
    for (const ValueId operand : joined(flow, at)) {
      const ValueId input = skip_source(flow, operand, link.site.source);
      if (input == kNone) continue;
      link.input = input;
      link.sum = at;
      return true;
    }
  return false;
}

/// Sums on the stream after `from`, up to `until` where it is given, at most `limit`: Adds of a tensor on the stream
/// (`from`, its norm or a later sum) and a branch.
std::vector<ValueId> later_sums(const Dataflow& flow, ValueId from, ValueId until, std::size_t limit) {
  std::vector<ValueId> sums;
  for (ValueId at = from; at != until && sums.size() < limit;) {
    at = flow.next_cut(at);
    if (at == kNone || flow.graph().dims(at).size() < 2) break;
    for (const ValueId operand : joined(flow, at)) {
      const std::vector<ValueId> chain = behind_scales(flow, operand);
      const bool on_stream =
          std::any_of(chain.begin(), chain.end(), [&](ValueId value) { return flow.post_dominates(value, from); });
      if (on_stream && flow.graph().dims(at) == flow.graph().dims(from) && (sums.empty() || sums.back() != at))
        sums.push_back(at);
    }
  }
  return sums;
}

bool differs_by_plumbing(const Dataflow& flow, ValueId near, ValueId far) {
  const std::vector<ValueId> chain = behind_plumbing(flow, near);
  return std::find(chain.begin(), chain.end(), far) != chain.end();
}

/// The last block's output: as many sums after its attention as the block before has, then a norm where the block
/// before ends with one. A single block is judged by its own parts.
ValueId find_last(const Dataflow& flow, const Chain& chain) {
  const Chain::Link& link = chain.links.back();
  const std::size_t count = chain.links.size();
  std::size_t limit = 1;
  bool normed = false;
  if (count > 1) {
    const Chain::Link& before = chain.links[count - 2];
    const std::vector<ValueId> sums = later_sums(flow, before.sum, link.input, 8);
    limit = sums.size();
    normed = !differs_by_plumbing(flow, link.input, sums.empty() ? before.sum : sums.back());
  }
  const std::vector<ValueId> sums = later_sums(flow, link.sum, kNone, limit);
  const ValueId last = sums.empty() ? link.sum : sums.back();
  if (count == 1) {
    const ValueId mid = normalised(flow, link.sum);
    normed = link.input == link.site.source && mid != kNone &&
             (sums.empty() || (mid != kNone && flow.post_dominates(last, mid) && last != mid));
  }
  if (!normed) return last;
  const ValueId norm = normalised(flow, last);
  return norm == kNone ? last : norm;
}

void judge(const Dataflow& flow, Chain& chain) {
  const graph::Dims& first = flow.graph().dims(chain.links.front().input);
  const auto regular = [&](const Chain::Link& link) {
    return link.site.whole && flow.graph().dims(link.input) == first && lists_tokens(flow, link.input);
  };
  chain.uniform = std::all_of(chain.links.begin(), chain.links.end(), regular);
  chain.tokens = std::all_of(chain.links.begin(), chain.links.end(), [&](const Chain::Link& link) {
    return lists_tokens(flow, link.input) && lists_tokens(flow, link.site.source);
  });
}

}  // namespace

std::vector<Chain> find_chains(const Dataflow& flow, const std::vector<FoundSite>& sites,
                               std::vector<std::string>& evidence) {
  std::vector<Chain> chains;
  for (const FoundSite& site : sites) {
    Chain::Link link;
    link.site = site;
    if (!site.site.self || !close_block(flow, link)) {
      evidence.push_back(fmt::format("attention '{}' closes no block: {}",
                                     flow.graph().value(site.site.probabilities).name,
                                     site.site.self ? "its result is not added to what it was made from"
                                                    : "queries and keys come from different tensors"));
      continue;
    }
    Chain* best = nullptr;
    for (Chain& chain : chains) {
      const bool follows = flow.post_dominates(link.input, chain.links.back().sum);
      if (follows && (best == nullptr || flow.position(chain.links.back().sum) > flow.position(best->links.back().sum)))
        best = &chain;
    }
    if (best == nullptr) best = &chains.emplace_back();
    best->links.push_back(link);
  }
  for (Chain& chain : chains) {
    chain.last = find_last(flow, chain);
    judge(flow, chain);
  }
  return chains;
}

Chain chain_of(const Dataflow& flow, const std::vector<FoundSite>& sites, const std::vector<ValueId>& values) {
  Chain chain;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const auto between = [&](const FoundSite& found) {
      return found.source != kNone && flow.dominates(values[i], found.source) &&
             flow.position(found.site.context) < flow.position(values[i + 1]);
    };
    const auto site = std::find_if(sites.begin(), sites.end(), between);
    PELLUCID_CHECK(site != sites.end(), kUsage, "no attention was found in the block from '{}' to '{}'",
                   flow.graph().value(values[i]).name, flow.graph().value(values[i + 1]).name);
    Chain::Link link;
    link.site = *site;
    link.input = values[i];
    link.sum = values[i + 1];
    chain.links.push_back(link);
  }
  chain.last = values.back();
  judge(flow, chain);
  return chain;
}

}  // namespace pellucid::anatomy
