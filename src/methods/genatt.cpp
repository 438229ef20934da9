#include "methods/all.hpp"
#include "methods/decoder_product.hpp"
#include "methods/requirements.hpp"
#include "methods/row_product.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "genatt";

std::vector<graph::ValueId> wanted(const Context& context) {
  if (context.stream.decoder) {
    require_decoder(context, kName);
    return decoder_product_sites(context);
  }
  require_read_out(context, kName, true);
  return row_product_sites(context);
}

/// G ⊙ A
graph::ValueId map(Context& context, const anatomy::AttentionSite& site, bool needed_rows) {
  const graph::ValueId attention = context.attention(site), gradient = context.attention_gradient(site);
  if (!needed_rows) return context.build.mul(gradient, attention);
  return context.build.mul(context.needed_rows(gradient), context.needed_rows(attention));
}

// Ā_l = (1/H) Σ_h (G ⊙ A)⁺, R_{l+1} = R_l + Ā_l R_l; S = row(R_L), or of R_de where a decoder reads the stream.
graph::ValueId read_out(Context& context) {
  return context.stream.decoder ? decoder_product(context, map) : row_product(context, map, false);
}

}  // namespace

const Method& genatt_method() {
  static const Method kMethod{
      .name = kName,
      .title = "GenAtt",
      .paper = "Chefer, Gur & Wolf, ICCV 2021",
      .summary = "positive attention × gradient multiplied through the blocks; finds objects well, unsigned",
      .cost = "about 1.8 forward passes",
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
