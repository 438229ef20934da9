#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/row_product.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "chefer";

std::vector<graph::ValueId> wanted(const Context& context) {
  require_read_out(context, kName, true);
  return row_product_sites(context);
}

std::vector<graph::ValueId> wanted_gradients(const Context& context) {
  return context.options.flag("times_gradient") ? row_product_sites(context) : std::vector<graph::ValueId>{};
}

/// G ⊙ R_A, or R_A alone
graph::ValueId map(Context& context, const anatomy::AttentionSite& site, bool needed_rows) {
  const auto rows = [&](graph::ValueId matrix) { return needed_rows ? context.needed_rows(matrix) : matrix; };
  const graph::ValueId relevance = rows(context.attention_relevance(site));
  if (!context.options.flag("times_gradient")) return relevance;
  return context.build.mul(rows(context.attention_gradient(site)), relevance);
}

// C_l = (1/H) Σ_h (G_l ⊙ R_A,l)⁺, r ← r + r C_l from the last block down to start_layer (CVPR 2021, sec. 3.3).
graph::ValueId read_out(Context& context) { return row_product(context, map, context.options.flag("row_norm")); }

}  // namespace

const Method& chefer_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Transformer attribution",
      .paper = "Chefer, Gur & Wolf, CVPR 2021",
      .summary = "attention's relevance × gradient multiplied through the blocks; class-specific, unsigned",
      .cost = "about 7 forward passes, 4.3 with --precision float32",
      .promise = "rules chefer: relevance adds up to 1 after every block",
      .signed_scores = false,
      .needs = {Need::kAttention, Need::kReadOut},
      .rule_sets = {"chefer"},
      .options = {start_layer_option(),
                  {.name = "row_norm",
                   .kind = OptionKind::kBool,
                   .otherwise = false,
                   .words = {},
                   .meaning = "divide the rows of every block's matrix by their sum, as the authors do for text"},
                  {.name = "times_gradient",
                   .kind = OptionKind::kBool,
                   .otherwise = true,
                   .words = {},
                   .meaning = "attention's relevance times its gradient, or the relevance alone"},
                  cls_option(),
                  stream_option()},
      .authors = {{{"start_layer", "1"}, {"row_norm", "false"}, {"cls", "keep"}}},
      .authors_text = {{{"start_layer", "L-1"}, {"row_norm", "true"}, {"cls", "min"}}},
      .wanted = wanted,
      .wanted_gradients = wanted_gradients,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
