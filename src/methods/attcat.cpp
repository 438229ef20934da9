#include "methods/all.hpp"
#include "methods/hidden_states.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "attcat";

std::vector<graph::ValueId> wanted(const Context& context) { return hidden_values(context, kName); }

/// The row 1/(H·n) of valid queries: [1, T], or [B, 1, 1, T] where there may be padding.
graph::ValueId query_share(Context& context, const anatomy::AttentionSite& site) {
  graph::Builder& build = context.build;
  const graph::ValueId mean = context.token_mean();
  const graph::ValueId share = build.mul_scalar(mean, 1.0 / static_cast<double>(site.heads));
  return context.stream.validity == graph::kNone ? share : build.unsqueeze(share, 1);
}

/// c[j] = 1/(H·n) Σ_h Σ_i v_i A[h, i, j], the attention that a token receives: [B, T]. The sum over queries is a
/// product with a row: ONNX Runtime's ReduceMean over both axes is many times slower.
graph::ValueId attention_received(Context& context, const anatomy::AttentionSite& site) {
  const graph::ValueId share = query_share(context, site);
  return context.build.reduce_sum(context.build.matmul(share, context.attention(site)), {1, 2}, false);
}

// S[j] = Σ_l c_l[j] · Σ_k h_l[j, k] ∂y/∂h_l[j, k]
graph::ValueId read_out(Context& context) {
  graph::ValueId total = graph::kNone;
  for (const HiddenState& state : hidden_states(context, kName)) {
    const graph::ValueId received = attention_received(context, context.block(state.block).site);
    total = context.plus(total, context.build.mul(context.times_gradient(state.value), received));
  }
  return context.without_padding(total);
}

}  // namespace

const Method& attcat_method() {
  static const Method kMethod{
      .name = kName,
      .title = "AttCAT",
      .paper = "Qiang et al., NeurIPS 2022",
      .summary = "hidden state × gradient × received attention, summed over the blocks; signed",
      .cost = "about 1.9 forward passes",
      .promise = "none",
      .needs = {Need::kAttention, Need::kStream},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {hidden_option(), mask_special_option(), token_types_option(), stream_option(), similarity_option()},
      .authors = {{{"hidden", "input"}}},
      .authors_text = {{{"hidden", "input"}, {"mask_special", "true"}, {"token_types", "zero"}}},
      .wanted = wanted,
      .read_out = read_out};
  return kMethod;
}

}  // namespace pellucid::methods
