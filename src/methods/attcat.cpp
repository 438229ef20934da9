#include "methods/all.hpp"
#include "methods/hidden_states.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "attcat";

std::vector<graph::ValueId> wanted(const Context& context) { return hidden_values(context, kName); }

/// c[j] = 1/(H·T) Σ_h Σ_i A[h, i, j], the attention that a token receives: [B, T]. The sum over queries is a product
/// with a constant row: ONNX Runtime's ReduceMean over both axes is many times slower.
graph::ValueId attention_received(Context& context, const anatomy::AttentionSite& site) {
  const double share = 1.0 / static_cast<double>(site.heads * site.queries);
  const std::vector<double> row(static_cast<std::size_t>(site.queries), share);
  const graph::ValueId mean = context.constant({1, site.queries}, row, "query_mean");
  return context.build.reduce_sum(context.build.matmul(mean, context.attention(site)), {1, 2}, false);
}

// S[j] = Σ_l c_l[j] · Σ_k h_l[j, k] ∂y/∂h_l[j, k]
graph::ValueId read_out(Context& context) {
  graph::ValueId total = graph::kNone;
  for (const HiddenState& state : hidden_states(context, kName)) {
    const graph::ValueId received = attention_received(context, context.block(state.block).site);
    total = context.plus(total, context.build.mul(context.times_gradient(state.value), received));
  }
  return total;
}

}  // namespace

const Method& attcat_method() {
  static const Method kMethod{
      .name = kName,
      .title = "AttCAT",
      .paper = "Qiang et al., NeurIPS 2022",
      .summary = "hidden state × gradient × received attention, summed over the blocks; signed",
      .cost = "about 2.3 forward passes",
      .promise = "none",
      .needs = {Need::kAttention, Need::kStream},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {hidden_option(), mask_special_option(), token_types_option(), stream_option(), similarity_option()},
      // On text: mask_special=true token_types=zero, too.
      .authors = {{{"hidden", "input"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
