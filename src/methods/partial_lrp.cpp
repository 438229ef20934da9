#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "partial-lrp";

const anatomy::AttentionSite& site_of(const Context& context) {
  const std::int64_t given = context.options.integer("layer"), blocks = context.blocks();
  const std::int64_t layer = given < 0 ? blocks + given : given;
  PELLUCID_CHECK(layer >= 0 && layer < blocks, kUsage, "method '{}', option layer={}: the model has {} blocks", kName,
                 given, blocks);
  return context.block(layer).site;
}

std::vector<graph::ValueId> wanted(const Context& context) {
  require_read_out(context, kName, false);
  return {site_of(context).probabilities};
}

std::vector<graph::ValueId> wanted_gradients(const Context& context) {
  return context.options.flag("times_gradient") ? wanted(context) : std::vector<graph::ValueId>{};
}

// S = row((1/H) Σ_h (R_A)⁺), or of (G ⊙ R_A)⁺
graph::ValueId read_out(Context& context) {
  const anatomy::AttentionSite& site = site_of(context);
  graph::ValueId map = context.needed_rows(context.attention_relevance(site));
  if (context.options.flag("times_gradient"))
    map = context.build.mul(context.needed_rows(context.attention_gradient(site)), map);
  return context.read_out_row(context.mean_over_heads(context.positive(map)));
}

}  // namespace

const Method& partial_lrp_method() {
  static const Method kMethod{.name = kName,
                              .title = "Partial LRP",
                              .paper = "Voita et al., ACL 2019; as in Chefer, Gur & Wolf, CVPR 2021",
                              .summary = "relevance that arrives at one block's attention; a baseline, unsigned",
                              .cost = "about 1.5 forward passes",
                              .promise = "none",
                              .signed_scores = false,
                              .needs = {Need::kAttention, Need::kReadOut},
                              .rule_sets = {"lrp", "chefer"},
                              .options = {{.name = "layer",
                                           .kind = OptionKind::kInteger,
                                           .otherwise = std::int64_t{-1},
                                           .words = {},
                                           .meaning = "block whose attention is read; negative from the end"},
                                          {.name = "times_gradient",
                                           .kind = OptionKind::kBool,
                                           .otherwise = false,
                                           .words = {},
                                           .meaning = "attention's relevance times its gradient"},
                                          cls_option(),
                                          stream_option()},
                              .authors = {{{"cls", "keep"}}},
                              .authors_text = {{{"cls", "zero"}}},
                              .wanted = wanted,
                              .wanted_gradients = wanted_gradients,
                              .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
