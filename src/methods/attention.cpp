#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "attention";

std::vector<graph::ValueId> wanted(const Context& context) {
  if (crosses(context))
    require_decoder(context, kName);
  else if (context.options.word("layers") == "all")
    require_one_token_axis(context, kName);
  else
    require_read_out(context, kName, true);
  return {};
}

/// Self attention of every block, or every cross attention of the decoder.
std::vector<anatomy::AttentionSite> sites(const Context& context) {
  if (crosses(context)) return cross_sites(context);
  std::vector<anatomy::AttentionSite> found;
  for (std::int64_t l = 0; l < context.blocks(); ++l) found.push_back(context.block(l).site);
  return found;
}

/// row(Ā_{L−1}), or the pooling probe's P̄: [B, T], or [K, B, T] where the row depends on the target.
graph::ValueId last_row(Context& context) {
  graph::Builder& build = context.build;
  if (has_pool(context))
    return build.squeeze(context.mean_over_heads(context.attention(context.stream.read_out.pool)), -2);
  const graph::ValueId rows = context.needed_rows(context.attention(sites(context).back()));
  return context.read_out_row(context.mean_over_heads(rows));
}

/// Ā_l of every site: [B, L, queries, keys].
graph::ValueId all_maps(Context& context) {
  std::vector<graph::ValueId> maps;
  for (const anatomy::AttentionSite& site : sites(context))
    maps.push_back(context.build.unsqueeze(context.mean_over_heads(context.attention(site)), 1));
  return context.build.concat(maps, 1);
}

graph::ValueId read_out(Context& context) {
  (void)wanted(context);
  if (context.options.word("layers") == "all") return context.for_every_target(all_maps(context));
  return context.row_for_every_target(last_row(context));
}

}  // namespace

const Method& attention_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Attention",
      .paper = "Vaswani et al., NeurIPS 2017: the weights themselves",
      .summary = "where the last block's read-out token looks, mean over heads; the same for every class",
      .cost = "1 forward pass",
      .promise = "layers=last: the scores add up to 1",
      .signed_scores = false,
      .target_free = true,
      .walks = false,
      .needs = {Need::kAttention, Need::kReadOut},
      .rule_sets = {"gradient"},
      .options = {{.name = "layers",
                   .kind = OptionKind::kWord,
                   .otherwise = std::string("last"),
                   .words = {"last", "all"},
                   .meaning = "the last block's read-out row, or the full maps of every block"},
                  cls_option(),
                  sites_option(),
                  stream_option(),
                  similarity_option()},
      .authors = {{{"cls", "keep"}}},
      .authors_text = {{{"cls", "zero"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
