#include "methods/received_attention.hpp"

namespace pellucid::methods {
namespace {

/// The row 1/(H·n) of valid queries: [1, T], or [B, 1, 1, T] where there may be padding.
graph::ValueId query_share(Context& context, const anatomy::AttentionSite& site) {
  graph::Builder& build = context.build;
  const graph::ValueId mean = context.token_mean();
  const graph::ValueId share = build.mul_scalar(mean, 1.0 / static_cast<double>(site.heads));
  return context.stream.validity == graph::kNone ? share : build.unsqueeze(share, 1);
}

}  // namespace

// The sum over queries is a product with a row: ONNX Runtime's ReduceMean over both axes is many times slower.
graph::ValueId attention_received(Context& context, const anatomy::AttentionSite& site) {
  const graph::ValueId share = query_share(context, site);
  return context.build.reduce_sum(context.build.matmul(share, context.attention(site)), {1, 2}, false);
}

graph::ValueId attcat_scores(Context& context, const std::vector<HiddenState>& states) {
  graph::ValueId total = graph::kNone;
  for (const HiddenState& state : states) {
    const graph::ValueId received = attention_received(context, context.block(state.block).site);
    total = context.plus(total, context.build.mul(context.times_gradient(state.value), received));
  }
  return context.without_padding(total);
}

}  // namespace pellucid::methods
