#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "rollout";

using graph::ValueId;

std::vector<ValueId> wanted(const Context& context) {
  require_read_out(context, kName, true);
  return {};
}

/// Row sums of M = residual·I + (1 − residual)·Ā as a row: [B, Q, T] -> [B, 1, Q].
ValueId row_sums(Context& context, ValueId mean) {
  const double residual = context.options.number("residual");
  const ValueId sums = context.build.mul_scalar(context.sum_last(mean), 1 - residual);
  return context.build.unsqueeze(context.build.add_scalar(sums, residual), 1);
}

/// residual·r + (1 − residual)·(r·Ā), M never made.
ValueId mix(Context& context, ValueId row, ValueId moved) {
  const double residual = context.options.number("residual");
  if (residual == 0) return moved;
  return context.build.add(context.build.mul_scalar(row, residual), context.build.mul_scalar(moved, 1 - residual));
}

/// w·M where the head reads one token: only that row of Ā is made. [B, 1, T]
ValueId first_row(Context& context, const anatomy::AttentionSite& site) {
  const ValueId mean = context.mean_over_heads(context.needed_rows(context.attention(site)));
  const ValueId row = mix(context, context.read_out_weights(), mean);
  return context.options.flag("row_norm") ? context.build.div(row, row_sums(context, mean)) : row;
}

/// r·M with the division by M's row sums put on r: [B, 1, T].
ValueId next_row(Context& context, ValueId row, const anatomy::AttentionSite& site) {
  const ValueId mean = context.mean_over_heads(context.attention(site));
  if (context.options.flag("row_norm")) row = context.build.div(row, row_sums(context, mean));
  return mix(context, row, context.build.matmul(row, mean));
}

// r ← r·M_l from the last block to the first: the product of matrices is never made.
ValueId read_out(Context& context) {
  require_read_out(context, kName, true);
  ValueId row = graph::kNone;
  if (has_pool(context))
    row = context.mean_over_heads(context.attention(context.stream.read_out.pool));
  else if (!context.single_read_out())
    row = context.read_out_weights();
  for (std::int64_t l = context.blocks() - 1; l >= context.options.integer("start_layer"); --l) {
    const anatomy::AttentionSite& site = context.block(l).site;
    row = row == graph::kNone ? first_row(context, site) : next_row(context, row, site);
  }
  return context.row_for_every_target(context.build.squeeze(row, -2));
}

}  // namespace

const Method& rollout_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Rollout",
      .paper = "Abnar & Zuidema, ACL 2020",
      .summary = "attention multiplied through the blocks with half a skip connection; the same for every class",
      .cost = "1 forward pass",
      .promise = "row_norm=true: the scores add up to 1",
      .signed_scores = false,
      .target_free = true,
      .walks = false,
      .needs = {Need::kAttention, Need::kReadOut},
      .rule_sets = {"gradient"},
      .options = {{.name = "residual",
                   .kind = OptionKind::kNumber,
                   .otherwise = 0.5,
                   .words = {},
                   .least = 0,
                   .most = 1,
                   .meaning = "the identity's share of every block's matrix"},
                  {.name = "row_norm",
                   .kind = OptionKind::kBool,
                   .otherwise = true,
                   .words = {},
                   .meaning = "divide the rows of every block's matrix by their sum"},
                  start_layer_option(),
                  cls_option(),
                  stream_option(),
                  similarity_option()},
      .authors = {{{"start_layer", "1"}}},
      .authors_text = {{{"start_layer", "0"}, {"cls", "zero"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
