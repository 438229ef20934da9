#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "gradcam-attention";

using graph::ValueId;

const anatomy::AttentionSite& last_site(const Context& context) {
  require_read_out(context, kName, false);
  return context.block(context.blocks() - 1).site;
}

std::vector<ValueId> wanted(const Context& context) { return {last_site(context).probabilities}; }

/// Σ_h ω_h A[h] / H: the weights [K, B, H, 1, 1], the attention [B, H, Q, T] -> [K, B, Q, T].
ValueId weighted_mean(Context& context, ValueId head_weights, ValueId attention) {
  return context.mean_over_heads(context.build.mul(head_weights, attention));
}

/// ω_h = mean of the read-out row of G over the content columns; S = (mean_h ω_h row(A))⁺.
ValueId by_row(Context& context, ValueId attention, ValueId gradient) {
  const ValueId row = context.build.unsqueeze(context.read_out_row(gradient), -2);
  const ValueId weights = context.build.matmul(row, context.content_mean());
  const ValueId lifted = context.build.unsqueeze(attention, 0);
  const ValueId attended = context.build.unsqueeze(context.read_out_row(lifted), -2);
  return context.positive(context.build.squeeze(weighted_mean(context, weights, attended), -2));
}

/// Mean of [K, B, H, Q, T] over valid queries and keys: [K, B, H, 1, 1].
ValueId mean_of_map(Context& context, ValueId gradient) {
  if (context.stream.validity == graph::kNone) return context.build.reduce_mean(gradient, {-1, -2}, true);
  graph::Builder& build = context.build;
  const ValueId row = build.unsqueeze(context.token_mean(), 1);
  return build.matmul(build.matmul(row, gradient), build.transpose_last(row));
}

/// ω_h = mean of G over valid queries and keys; S = row((mean_h ω_h A)⁺).
ValueId by_map(Context& context, ValueId attention, ValueId gradient) {
  const ValueId weights = mean_of_map(context, gradient);
  const ValueId rows = weighted_mean(context, weights, context.needed_rows(attention));
  return context.read_out_row(context.positive(rows));
}

ValueId read_out(Context& context) {
  const anatomy::AttentionSite& site = last_site(context);
  const ValueId attention = context.attention(site), gradient = context.attention_gradient(site);
  const bool row = context.options.word("head_weights") == "row";
  return row ? by_row(context, attention, gradient) : by_map(context, attention, gradient);
}

}  // namespace

const Method& gradcam_attention_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Grad-CAM on attention",
      .paper = "Selvaraju et al., ICCV 2017; on attention as in Chefer, Gur & Wolf, CVPR 2021",
      .summary = "the last block's heads weighted by their mean gradient, negative parts cut off",
      .cost = "about 1.2 forward passes",
      .promise = "none",
      .signed_scores = false,
      .needs = {Need::kAttention, Need::kReadOut},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {{.name = "head_weights",
                   .kind = OptionKind::kWord,
                   .otherwise = std::string("row"),
                   .words = {"row", "map"},
                   .meaning = "a head's weight is the mean gradient of its read-out row, or of its whole map"},
                  scale_option(),
                  cls_option(),
                  stream_option(),
                  similarity_option()},
      .authors = {{{"head_weights", "row"}, {"scale", "minmax"}}},
      .authors_text = {{{"head_weights", "map"}, {"scale", "minmax"}, {"cls", "zero"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
