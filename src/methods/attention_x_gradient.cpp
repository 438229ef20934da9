#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "attention-x-gradient";

using graph::ValueId;

bool last_only(const Context& context) { return context.options.word("layers") == "last"; }

std::vector<anatomy::AttentionSite> sites(const Context& context) {
  if (crosses(context)) {
    require_decoder(context, kName);
    const std::vector<anatomy::AttentionSite> cross = cross_sites(context);
    return last_only(context) ? std::vector{cross.back()} : cross;
  }
  require_read_out(context, kName, true);
  if (has_pool(context)) {
    PELLUCID_CHECK(last_only(context), kUnsupported,
                   "method '{}', option layers=all: no row of the blocks is read by this head ({}); use layers=last",
                   kName, context.stream.read_out.description);
    return {context.stream.read_out.pool};
  }
  std::vector<anatomy::AttentionSite> found;
  for (std::int64_t l = last_only(context) ? context.blocks() - 1 : 0; l < context.blocks(); ++l)
    found.push_back(context.block(l).site);
  return found;
}

std::vector<ValueId> wanted(const Context& context) {
  std::vector<ValueId> values;
  for (const anatomy::AttentionSite& site : sites(context)) values.push_back(site.probabilities);
  return values;
}

// S = row(Σ_l (1/H) Σ_h A_l ⊙ G_l); all but the read-out rows is left out from the start.
ValueId read_out(Context& context) {
  const bool pool = has_pool(context);
  ValueId total = graph::kNone;
  for (const anatomy::AttentionSite& site : sites(context)) {
    ValueId attention = context.attention(site), gradient = context.attention_gradient(site);
    if (!pool) attention = context.needed_rows(attention);
    if (!pool) gradient = context.needed_rows(gradient);
    total = context.plus(total, context.mean_over_heads(context.build.mul(gradient, attention)));
  }
  return pool ? context.build.squeeze(total, -2) : context.read_out_row(total);
}

}  // namespace

const Method& attention_x_gradient_method() {
  static const Method kMethod{.name = kName,
                              .title = "Attention × gradient",
                              .paper = "Qiang et al., NeurIPS 2022 (AttGrads)",
                              .summary = "attention × its gradient in the read-out row, summed over the blocks; signed",
                              .cost = "about 1.8 forward passes; layers=last: 1.2",
                              .promise = "none",
                              .needs = {Need::kAttention, Need::kReadOut},
                              .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
                              .options = {{.name = "layers",
                                           .kind = OptionKind::kWord,
                                           .otherwise = std::string("all"),
                                           .words = {"all", "last"},
                                           .meaning = "the sum over all blocks, or the last block only"},
                                          row_option(),
                                          sites_option(),
                                          stream_option(),
                                          similarity_option()},
                              .wanted = wanted,
                              .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
