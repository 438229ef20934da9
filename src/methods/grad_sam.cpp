#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "grad-sam";

std::vector<graph::ValueId> wanted(const Context& context) {
  require_one_token_axis(context, kName);
  std::vector<graph::ValueId> values;
  for (const anatomy::Block& block : context.stream.blocks) values.push_back(block.site.probabilities);
  return values;
}

// S[i] = v_i/(L·H·n) Σ_l Σ_h Σ_j v_j A_l[h, i, j] · max(0, G_l[h, i, j]): a token is scored by its own query row.
graph::ValueId read_out(Context& context) {
  graph::ValueId total = graph::kNone;
  for (const anatomy::Block& block : context.stream.blocks) {
    const graph::ValueId clamped = context.positive(context.attention_gradient(block.site));
    const graph::ValueId mean = context.mean_over_heads(context.build.mul(clamped, context.attention(block.site)));
    total = context.plus(total, mean);
  }
  const graph::ValueId column = context.build.transpose_last(context.token_mean());
  const graph::ValueId scores = context.build.squeeze(context.build.matmul(total, column), -1);
  return context.without_padding(context.build.mul_scalar(scores, 1.0 / static_cast<double>(context.blocks())));
}

}  // namespace

const Method& grad_sam_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Grad-SAM",
      .paper = "Barkan et al., CIKM 2021",
      .summary = "attention × positive gradient of a token's own query rows, mean over blocks and heads",
      .cost = "about 1.8 forward passes",
      .promise = "none",
      .signed_scores = false,
      .needs = {Need::kAttention},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {mask_special_option(), token_types_option(), scale_option(), stream_option(), similarity_option()},
      .authors = {{{"scale", "minmax"}}},
      .authors_text = {{{"mask_special", "true"}, {"token_types", "zero"}, {"scale", "minmax"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
