#include "anatomy/decoder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "anatomy/read_out.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

namespace {

/// A cross attention whose queries are made from this value and whose keys are not.
bool attends_from(const Dataflow& flow, ValueId from, const FoundSite& site) {
  return !site.site.self && site.query_source != kNone && site.key_source != kNone &&
         flow.dominates(from, site.query_source) && !flow.dominates(from, site.key_source);
}

/// A cross attention from the chain's residual stream, which every path from its start to the logits runs along.
bool attends(const Dataflow& flow, const Chain& chain, const FoundSite& site) {
  for (ValueId at = chain.links[0].input; at != kNone; at = flow.next_cut(at))
    if (attends_from(flow, at, site)) return true;
  return false;
}

/// The site is one of the chain's own, or reads the stream's last block from the chain: one map for every head, from
/// the chain's positions to the stream's tokens.
bool belongs(const Dataflow& flow, const Stream& stream, const Chain& chain, const FoundSite& site) {
  const auto own = [&](const Chain::Link& link) { return link.site.site.probabilities == site.site.probabilities; };
  if (std::any_of(chain.links.begin(), chain.links.end(), own)) return true;
  return attends(flow, chain, site) && flow.dominates(stream.last, site.key_source) &&
         site.site.keys == stream.token_count && site.site.queries == flow.graph().dims(chain.links[0].input)[1].size;
}

Decoder make_decoder(const Dataflow& flow, const Stream& stream, const Chain& chain,
                     const std::vector<FoundSite>& sites) {
  Decoder decoder;
  decoder.tokens = chain.links[0].input;
  decoder.last = chain.last;
  decoder.token_count = flow.graph().dims(decoder.tokens)[1].size;
  for (const FoundSite& site : sites)
    if (belongs(flow, stream, chain, site)) decoder.sites.push_back(site.site);
  decoder.read_out = find_read_out(flow, chain.last, sites, true);
  if (decoder.token_count == 1) {
    decoder.read_out.kind = ReadOutKind::kClassToken;
    decoder.read_out.weights = {1};
    decoder.read_out.description = "the only position";
  }
  return decoder;
}

}  // namespace

bool is_decoder(const Dataflow& flow, const Chain& chain, const std::vector<FoundSite>& sites) {
  const ValueId start = chain.links[0].input;
  return std::any_of(sites.begin(), sites.end(),
                     [&](const FoundSite& site) { return attends_from(flow, start, site); });
}

std::optional<Decoder> find_decoder(const Dataflow& flow, const Stream& stream, const std::vector<Chain>& chains,
                                    const std::vector<FoundSite>& sites, std::vector<std::string>& evidence) {
  std::vector<Decoder> found;
  for (const Chain& chain : chains) {
    if (!chain.uniform || !is_decoder(flow, chain, sites)) continue;
    Decoder decoder = make_decoder(flow, stream, chain, sites);
    const auto cross =
        std::count_if(decoder.sites.begin(), decoder.sites.end(), [](const AttentionSite& site) { return !site.self; });
    if (cross == 0) continue;
    evidence.push_back(fmt::format(
        "a decoder of {} blocks on '{}' {} attends to '{}' {} times; its read-out: {} ({})", chain.links.size(),
        flow.graph().value(decoder.tokens).name, graph::to_string(flow.graph().dims(decoder.tokens)),
        flow.graph().value(stream.last).name, cross, decoder.read_out.description, decoder.read_out.why));
    found.push_back(std::move(decoder));
  }
  if (found.size() > 1) evidence.emplace_back("several decoders read one encoder: none is taken for the decoder");
  return found.size() == 1 ? std::optional(std::move(found[0])) : std::nullopt;
}

}  // namespace pellucid::anatomy
