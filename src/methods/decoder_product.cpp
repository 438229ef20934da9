#include "methods/decoder_product.hpp"

namespace pellucid::methods {

using graph::ValueId;

namespace {

/// Carries R − I and rows of R instead of R: nothing cancels where attention adds little to the identity.
class DecoderProduct {
 public:
  DecoderProduct(Context& context, SiteMap map) : context_(context), build_(context.build), map_(map) {
    start_ = context.options.integer("start_layer");
    for (std::int64_t l = start_; l < context.blocks(); ++l) encoder_.push_back(mean(context.block(l).site));
  }

  ValueId run() {
    const ValueId row = row_of_cross();
    // row·N(R_ee) = row + (row / sums)(R_ee − I)
    const ValueId shared = over_sums(row, build_.transpose_last(encoder_sums()));
    ValueId total = row, added = graph::kNone;
    for (auto block = encoder_.rbegin(); block != encoder_.rend(); ++block) {
      const ValueId whole = added == graph::kNone ? shared : build_.add(shared, added);
      added = context_.plus(added, build_.matmul(whole, *block));
    }
    total = build_.add(total, added);
    return build_.squeeze(total, -2);
  }

 private:
  /// C of a site: [K, B, queries, keys].
  ValueId mean(const anatomy::AttentionSite& site) {
    return context_.mean_over_heads(context_.positive(map_(context_, site, false)));
  }

  /// x / sums, 0 where a sum is 0: what is divided there is multiplied by a row of zeros.
  ValueId over_sums(ValueId x, ValueId sums) {
    const ValueId nothing = build_.compare("Equal", sums, build_.scalar_like(0, sums));
    return build_.div(x, build_.where(nothing, build_.scalar_like(1, sums), sums));
  }

  /// Row sums of R_ee − I: e ← e + C (1 + e). [K, B, T, 1]
  ValueId encoder_sums() {
    ValueId sums = graph::kNone;
    for (const ValueId block : encoder_) {
      const ValueId own = build_.reduce_sum(block, {-1}, true);
      sums = sums == graph::kNone ? own : build_.add(sums, build_.add(own, build_.matmul(block, sums)));
    }
    return sums;
  }

  /// The row of Σ N(R_dd)ᵀ C over the cross attention, each moved through the self attention behind it: [K, B, 1, T].
  ValueId row_of_cross() {
    ValueId total = graph::kNone;
    for (const anatomy::AttentionSite& site : context_.stream.decoder->sites) {
      const ValueId c = mean(site);
      if (site.self) {
        total = total == graph::kNone ? total : build_.add(total, build_.matmul(c, total));
        own_ = own_ == graph::kNone ? c : build_.add(own_, build_.add(c, build_.matmul(c, own_)));
      } else {
        total = context_.plus(total, crossed(c));
      }
    }
    return build_.unsqueeze(context_.read_out_row(total), -2);
  }

  /// N(R_dd)ᵀ C.
  ValueId crossed(ValueId c) {
    if (own_ == graph::kNone) return c;
    const ValueId shares = over_sums(own_, build_.reduce_sum(own_, {-1}, true));
    return build_.add(c, build_.matmul(build_.transpose_last(shares), c));
  }

  Context& context_;
  graph::Builder& build_;
  SiteMap map_;
  std::int64_t start_ = 0;
  std::vector<ValueId> encoder_;
  ValueId own_ = graph::kNone;  // R_dd − I
};

}  // namespace

ValueId decoder_product(Context& context, SiteMap map) { return DecoderProduct(context, map).run(); }

std::vector<ValueId> decoder_product_sites(const Context& context) {
  std::vector<ValueId> values = row_product_sites(context);
  for (const anatomy::AttentionSite& site : context.stream.decoder->sites) values.push_back(site.probabilities);
  return values;
}

}  // namespace pellucid::methods
