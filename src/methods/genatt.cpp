#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "genatt";

using graph::ValueId;

std::vector<ValueId> wanted(const Context& context) {
  require_read_out(context, kName, true);
  std::vector<ValueId> values;
  for (std::int64_t l = context.options.integer("start_layer"); l < context.blocks(); ++l)
    values.push_back(context.block(l).site.probabilities);
  if (has_pool(context)) values.push_back(context.stream.read_out.pool.probabilities);
  return values;
}

/// Ā = (1/H) Σ_h (G ⊙ A)⁺: [K, B, H, Q, T] -> [K, B, Q, T].
ValueId positive_mean(Context& context, ValueId attention, ValueId gradient) {
  return context.mean_over_heads(context.positive(context.build.mul(gradient, attention)));
}

/// The row before the last block: w, [1, T], or the pooling probe's own Ā, [K, B, 1, T].
ValueId first_row(Context& context) {
  if (!has_pool(context)) return context.read_out_weights();
  const anatomy::AttentionSite& pool = context.stream.read_out.pool;
  return positive_mean(context, context.attention(pool), context.attention_gradient(pool));
}

/// r·Ā_l: [K, B, 1, T]. In the last block of a head that reads one token, r picks a row: only that one is made.
ValueId move(Context& context, ValueId row, bool picks_row, const anatomy::AttentionSite& site) {
  const ValueId attention = context.attention(site), gradient = context.attention_gradient(site);
  if (picks_row) return positive_mean(context, context.needed_rows(attention), context.needed_rows(gradient));
  return context.build.matmul(row, positive_mean(context, attention, gradient));
}

// R_{l+1} = R_l + Ā_l R_l from R_0 = I; S = row(R_L): r ← r + r·Ā_l from the last block down.
ValueId read_out(Context& context) {
  ValueId row = first_row(context);
  bool picks_row = context.single_read_out().has_value() && !has_pool(context);
  for (std::int64_t l = context.blocks() - 1; l >= context.options.integer("start_layer"); --l) {
    row = context.build.add(row, move(context, row, picks_row, context.block(l).site));
    picks_row = false;
  }
  return context.build.squeeze(row, -2);
}

}  // namespace

const Method& genatt_method() {
  static const Method kMethod{
      .name = kName,
      .title = "GenAtt",
      .paper = "Chefer, Gur & Wolf, ICCV 2021",
      .summary = "positive attention × gradient multiplied through the blocks; finds objects well, unsigned",
      .cost = "about 2.2 forward passes",
      .promise = "none",
      .signed_scores = false,
      .needs = {Need::kAttention, Need::kReadOut},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {start_layer_option(), row_option(), stream_option(), similarity_option()},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
