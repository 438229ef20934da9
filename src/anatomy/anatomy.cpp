#include "anatomy/anatomy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "anatomy/decoder.hpp"
#include "anatomy/gateway.hpp"
#include "anatomy/head.hpp"
#include "anatomy/hints.hpp"
#include "anatomy/named_parts.hpp"
#include "anatomy/read_out.hpp"
#include "anatomy/scores.hpp"
#include "anatomy/stream.hpp"
#include "anatomy/token_axis.hpp"
#include "anatomy/tokens.hpp"
#include "anatomy/word_table.hpp"
#include "graph/opaque.hpp"

namespace pellucid::anatomy {

using graph::kNone;
using graph::ValueId;

namespace {

const std::vector<std::string> kRowMethods{"attention",  "rollout",           "genatt",        "attention-x-gradient",
                                           "transfg",    "gradcam-attention", "fullgrad-plus", "chefer",
                                           "partial-lrp"};
const std::vector<std::string> kStreamMethods{
    "attention",         "rollout",        "attcat",        "cat",     "genatt",      "attention-x-gradient",
    "gradcam-attention", "grad-sam",       "fullgrad-plus", "chefer",  "partial-lrp", "contrast-cat",
    "class-lens",        "layer-saliency", "logit-lens",    "transfg", "atman"};
const std::vector<std::string> kTokenMethods{"atman",
                                             "attention",
                                             "rollout",
                                             "attcat",
                                             "cat",
                                             "cdam",
                                             "class-lens",
                                             "contrast-cat",
                                             "layer-saliency",
                                             "logit-lens",
                                             "transfg",
                                             "genatt",
                                             "attention-x-gradient",
                                             "gradcam-attention",
                                             "grad-sam",
                                             "fullgrad-plus",
                                             "chefer",
                                             "partial-lrp",
                                             "attnlrp (at=tokens)",
                                             "cp-lrp (at=tokens)",
                                             "lrp (at=tokens)",
                                             "saliency (at=tokens)",
                                             "smoothgrad (at=tokens)",
                                             "input-x-gradient (at=tokens)",
                                             "integrated-gradients (at=tokens)"};

/// The methods that read rows of the stream itself: these two have a form for cross attention, and genatt is defined
/// through it.
std::vector<std::string> without_decoder_methods() {
  std::vector<std::string> methods;
  for (const std::string& method : kRowMethods)
    if (method == "attention" || method == "attention-x-gradient")
      methods.push_back(method + " (sites=self)");
    else if (method != "genatt")
      methods.push_back(method);
  return methods;
}

class Finder {
 public:
  Finder(const graph::Graph& graph, ValueId answer, NamedParts named)
      : graph_(graph), flow_(graph, answer == kNone ? find_logits(graph) : answer), named_(std::move(named)) {}

  Anatomy run() {
    result_.head.output = find_logits(graph_);
    result_.head.logits = flow_.logits();
    if (!flow_.flows(flow_.logits())) {
      result_.missing.push_back({"scores", "no output depends on an input", kTokenMethods});
      return std::move(result_);
    }
    note("the scores are '{}' {}", graph_.value(flow_.logits()).name, graph::to_string(graph_.dims(flow_.logits())));
    sites_ = find_sites(flow_, result_.evidence);
    if (!named_.attention.empty()) sites_ = named_sites(flow_, sites_, named_.attention, result_.evidence);
    for (const FoundSite& found : sites_) add_site(found);
    find_streams();
    result_.head.feature = find_feature(flow_, result_.evidence);
    if (result_.head.feature == kNone)
      result_.missing.push_back({"feature", result_.evidence.back(), {"target concept"}});
    return std::move(result_);
  }

 private:
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    result_.evidence.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void add_site(const FoundSite& found) {
    const AttentionSite& site = found.site;
    note("attention '{}' {}: {} heads, {} queries, {} keys, {}", graph_.value(site.probabilities).name,
         graph::to_string(graph_.dims(site.probabilities)), site.heads, site.queries, site.keys,
         !site.self ? "cross" : (found.whole ? "self" : "self, in windows or folded"));
    result_.sites.push_back(site);
  }

  void find_streams() {
    const std::vector<Chain> chains = chains_of_blocks();
    const std::string broken = why_broken(chains);
    for (const Chain& chain : chains) {
      if (!broken.empty()) continue;
      if (is_decoder(flow_, chain, sites_))
        note("{} blocks from '{}' are a decoder", chain.links.size(), graph_.value(chain.links[0].input).name);
      else if (chain.uniform || chain.tokens)
        result_.streams.push_back(make_stream(chain));
      else
        note("{} blocks from '{}' {} are no stream of tokens", chain.links.size(),
             graph_.value(chain.links[0].input).name, graph::to_string(graph_.dims(chain.links[0].input)));
    }
    if (result_.streams.empty())
      result_.missing.push_back({"residual stream of tokens",
                                 (broken.empty() ? why_no_stream(chains) : broken) + where_hidden(), kTokenMethods});
    name_streams();
    for (Stream& stream : result_.streams) {
      if (!stream.merged) stream.decoder = find_decoder(flow_, stream, chains, sites_, result_.evidence);
      judge(stream);
    }
  }

  [[nodiscard]] std::vector<Chain> chains_of_blocks() {
    std::vector<Chain> chains = named_.blocks.empty() ? find_chains(flow_, sites_, result_.evidence)
                                                      : std::vector<Chain>{chain_of(flow_, sites_, named_.blocks)};
    if (!named_.blocks.empty()) note("{} blocks are named", chains[0].links.size());
    if (named_.tokens != kNone) enter_at(flow_, chains, named_.tokens, result_.evidence);
    return chains;
  }

  /// One chain must not lie behind another: then the blocks don't follow one another on one stream.
  [[nodiscard]] std::string why_broken(const std::vector<Chain>& chains) const {
    for (const Chain& first : chains)
      for (const Chain& second : chains)
        if (&first != &second && !is_decoder(flow_, second, sites_) &&
            flow_.dominates(first.links[0].input, second.links[0].input))
          return fmt::format("the blocks from '{}' don't follow those from '{}' on one residual stream",
                             graph_.value(second.links[0].input).name, graph_.value(first.links[0].input).name);
    return {};
  }

  [[nodiscard]] std::string why_no_stream(const std::vector<Chain>& chains) const {
    if (sites_.empty()) return "no attention was found";
    if (chains.empty()) return "no attention adds its result to the tensor that it is made from";
    for (const Chain::Link& link : chains[0].links) {
      const std::string dims = graph::to_string(graph_.dims(link.input));
      if (!flow_.has_tokens(link.input))
        return fmt::format("attention runs on tensors {} that are not [batch, tokens, width]", dims);
      if (!lists_tokens(flow_, link.input))
        return fmt::format("attention runs on tensors {} whose last axis counts tokens: {}", dims,
                           vote_on_token_axis(flow_, link.input).text());
    }
    const auto odd = std::find_if(chains[0].links.begin(), chains[0].links.end(),
                                  [this](const Chain::Link& link) { return !lists_tokens(flow_, link.site.source); });
    const FoundSite& found = odd == chains[0].links.end() ? chains[0].links[0].site : odd->site;
    return fmt::format("attention '{}' is projected from {}, which is not [batch, tokens, width]",
                       graph_.value(found.site.probabilities).name, graph::to_string(graph_.dims(found.source)));
  }

  /// The operator that attention and residual sums may hide in.
  [[nodiscard]] std::string where_hidden() const {
    for (const graph::NodeId id : flow_.order()) {
      const graph::Node& node = graph_.node(id);
      const bool needed =
          std::any_of(node.outputs.begin(), node.outputs.end(), [this](ValueId output) { return flow_.flows(output); });
      if (needed && graph::is_opaque(node))
        return fmt::format(", but {} may hide it: {}", graph::describe(node), graph::advice_on_opaque(node));
    }
    return {};
  }

  Block make_block(const Chain& chain, std::size_t at) {
    const Chain::Link& link = chain.links[at];
    Block block;
    block.input = link.input;
    block.output = at + 1 < chain.links.size() ? chain.links[at + 1].input : chain.last;
    block.attention_input = link.site.source;
    block.pre_norm = link.site.source != link.input;
    block.site = link.site.site;
    return block;
  }

  Stream make_stream(const Chain& chain) {
    Stream stream;
    const ValueId tokens = entrance(chain);
    const ValueId input = find_input(flow_, tokens);
    stream.tokens = tokens;
    stream.last = chain.last;
    stream.input = input == kNone ? "" : graph_.value(input).name;
    stream.token_count = graph_.dims(tokens)[1].size;
    stream.width = graph_.dims(tokens)[2].size;
    stream.validity = find_mask(graph_, graph_.find(stream.input));
    const std::string before = named_.tokens == kNone ? attention_before(flow_, sites_, tokens) : std::string();
    stream.merged = !chain.uniform || !before.empty();
    stream.bypassed = passes_by(flow_, input, tokens);
    if (stream.bypassed)
      note("the input '{}' reaches the scores past '{}', too", stream.input, graph_.value(tokens).name);
    stream.layout = find_layout(flow_, tokens, result_.evidence);
    for (std::size_t at = stream.merged ? chain.links.size() - 1 : 0; at < chain.links.size(); ++at)
      stream.blocks.push_back(make_block(chain, at));
    const bool text = input != kNone && !graph_.is_float(input);
    if (stream.merged) {
      stream.last_layout = merged_layout(stream.layout, graph_.dims(stream.blocks[0].attention_input)[1].size);
      stream.read_out.description = "none";
      stream.read_out.why =
          !before.empty()
              ? fmt::format(
                    "attention '{}' already runs on other tokens before these: no single token axis (--tokens "
                    "'{}' explains the last stage alone)",
                    before, graph_.value(tokens).name)
              : why_merged(chain);
    } else {
      stream.read_out = find_read_out(flow_, chain.last, sites_, text);
      name_special(stream.layout, stream.read_out, text);
    }
    note("stream of {} blocks on '{}' {}, ending at '{}'", chain.links.size(), graph_.value(tokens).name,
         graph::to_string(graph_.dims(tokens)), graph_.value(chain.last).name);
    note("which axis of '{}' counts tokens: {}", graph_.value(tokens).name, vote_on_token_axis(flow_, tokens).text());
    return stream;
  }

  /// Why a chain of blocks whose tokens don't stay the same has no maps over all of them.
  [[nodiscard]] std::string why_merged(const Chain& chain) const {
    for (const Chain::Link& link : chain.links) {
      const AttentionSite& site = link.site.site;
      const graph::Dims& source = graph_.dims(link.site.source);
      const bool over_features = source.size() == 3 && site.queries * site.heads == source[2].size &&
                                 site.queries == site.keys && graph_.dims(site.q).back() == source[1];
      if (over_features)
        return fmt::format("attention '{}' weighs features by features, not tokens by tokens",
                           graph_.value(site.probabilities).name);
    }
    return "windows change between blocks or tokens merge between stages: no single token axis";
  }

  /// What enters the first block, or what is named to be the tokens.
  [[nodiscard]] ValueId entrance(const Chain& chain) const {
    const ValueId first = chain.links[0].input;
    return named_.tokens != kNone && flow_.dominates(named_.tokens, first) ? named_.tokens : first;
  }

  void name_streams() {
    auto& streams = result_.streams;
    if (streams.size() < 2) return;
    const auto image = [this](const Stream& stream) { return graph_.rank(graph_.find(stream.input)) == 4; };
    std::stable_sort(streams.begin(), streams.end(),
                     [&](const Stream& a, const Stream& b) { return image(a) && !image(b); });
    for (std::size_t i = 0; i < streams.size(); ++i) {
      const bool text = !graph_.is_float(graph_.find(streams[i].input));
      streams[i].name = image(streams[i]) ? "image" : (text ? "text" : "input");
      const std::string kind = streams[i].name;
      const auto same =
          std::count_if(streams.begin(), streams.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Stream& other) { return other.name == kind || other.name.starts_with(kind + " "); });
      if (same > 0) streams[i].name += fmt::format(" {}", same + 1);
    }
  }

  void judge(const Stream& stream) {
    if (stream.merged) {
      result_.missing.push_back({"single token axis", stream.read_out.why, kStreamMethods});
      return;
    }
    note("read-out of '{}': {} ({})", stream.name, stream.read_out.description, stream.read_out.why);
    if (stream.read_out.kind == ReadOutKind::kNone) {
      std::vector<std::string> methods = stream.decoder ? without_decoder_methods() : kRowMethods;
      const bool decoder = std::any_of(sites_.begin(), sites_.end(), [](const FoundSite& found) {
        return !found.site.self && found.query_source != kNone;
      });
      if (decoder) methods.emplace_back("cdam");
      result_.missing.push_back({"read-out rows", stream.read_out.why, methods});
    }
    const ValueId input = graph_.find(stream.input);
    if (stream.layout.rows == 0 && input != kNone && graph_.rank(input) == 4)
      result_.missing.push_back({"patch grid", "the tokens are no grid of patches of the image", {}});
  }

  const graph::Graph& graph_;
  Dataflow flow_;
  std::vector<FoundSite> sites_;
  NamedParts named_;
  Anatomy result_;
};

}  // namespace

Anatomy find_anatomy(const graph::Graph& graph, ValueId answer, const AnatomyHints& hints) {
  return Finder(graph, answer, named_parts(graph, hints)).run();
}

}  // namespace pellucid::anatomy
