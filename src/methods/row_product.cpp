#include "methods/row_product.hpp"

#include "methods/requirements.hpp"

namespace pellucid::methods {

using graph::ValueId;

namespace {

/// C = (1/H) Σ_h (map)⁺: [K, B, Q, T].
ValueId positive_mean(Context& context, SiteMap map, const anatomy::AttentionSite& site, bool needed_rows) {
  return context.mean_over_heads(context.positive(map(context, site, needed_rows)));
}

/// The row before the last block: w, [1, T], or the pooling probe's own C, [K, B, 1, T].
ValueId first_row(Context& context, SiteMap map) {
  if (!has_pool(context)) return context.read_out_weights();
  return positive_mean(context, map, context.stream.read_out.pool, false);
}

/// r (C + I) with C's rows divided by 1 + their sums where `row_norm` is set: the division is put on r.
ValueId moved(Context& context, ValueId row, ValueId mean, bool picks_row, bool row_norm) {
  graph::Builder& build = context.build;
  if (row_norm) {
    const ValueId sums = build.add_scalar(context.sum_last(mean), 1);
    row = build.div(row, build.unsqueeze(sums, -2));
    if (picks_row) mean = build.div(mean, build.unsqueeze(sums, -1));
  }
  // In the last block of a head that reads one token r picks a row of C: only that one was made.
  return build.add(row, picks_row ? mean : build.matmul(row, mean));
}

}  // namespace

std::vector<ValueId> row_product_sites(const Context& context) {
  std::vector<ValueId> values;
  for (std::int64_t l = context.options.integer("start_layer"); l < context.blocks(); ++l)
    values.push_back(context.block(l).site.probabilities);
  if (has_pool(context)) values.push_back(context.stream.read_out.pool.probabilities);
  return values;
}

ValueId row_product(Context& context, SiteMap map, bool row_norm) {
  ValueId row = first_row(context, map);
  bool picks_row = context.single_read_out().has_value() && !has_pool(context);
  for (std::int64_t l = context.blocks() - 1; l >= context.options.integer("start_layer"); --l) {
    row = moved(context, row, positive_mean(context, map, context.block(l).site, picks_row), picks_row, row_norm);
    picks_row = false;
  }
  return context.build.squeeze(row, -2);
}

}  // namespace pellucid::methods
