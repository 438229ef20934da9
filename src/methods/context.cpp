#include "methods/context.hpp"

#include <algorithm>
#include <numeric>

#include "base/check.hpp"

namespace pellucid::methods {
namespace {

/// [.., B·H, Q, K] -> [.., B, H, Q, K] where the heads are folded into the batch axis.
graph::ValueId unfold_heads(graph::Builder& build, graph::ValueId value, const anatomy::AttentionSite& site) {
  if (!site.heads_folded) return value;
  graph::Dims dims = build.dims(value);
  const auto at = static_cast<std::ptrdiff_t>(dims.size()) - 3;
  graph::Dim& batch = dims[static_cast<std::size_t>(at)];
  PELLUCID_ASSERT(batch.size % site.heads == 0);
  batch.size /= site.heads;
  dims.insert(dims.begin() + at + 1, {site.heads, false});
  return build.reshape(value, dims);
}

}  // namespace

graph::ValueId Context::gradient(graph::ValueId value) {
  PELLUCID_ASSERT(gradients_ != nullptr);
  return gradients_->cotangent_or_zero(value);
}

graph::ValueId Context::relevance(graph::ValueId value) {
  PELLUCID_ASSERT(walk_ != nullptr);
  return walk_->cotangent_or_zero(value);
}

graph::ValueId Context::attention_relevance(const anatomy::AttentionSite& site) {
  return unfold_heads(build, relevance(site.probabilities), site);
}

graph::ValueId Context::attention(const anatomy::AttentionSite& site) {
  return unfold_heads(build, site.probabilities, site);
}

graph::ValueId Context::attention_gradient(const anatomy::AttentionSite& site) {
  return unfold_heads(build, gradient(site.probabilities), site);
}

bool Context::passed(graph::ValueId value) const {
  PELLUCID_ASSERT(walk_ != nullptr);
  return walk_->cotangent(value) != graph::kNone;
}

bool Context::reached(graph::ValueId value) const {
  return passed(value) || gradients_->cotangent(value) != graph::kNone;
}

graph::ValueId Context::constant(const Shape& shape, const std::vector<double>& values, const std::string& stem) {
  return build.graph().add_rounded(Tensor(shape, values), build.type(stream.tokens), build.graph().fresh_name(stem));
}

// As a product with a constant row: ONNX Runtime's ReduceMean over a middle axis takes 2.5 times as long.
graph::ValueId Context::mean_over_heads(graph::ValueId attention) {
  const graph::Dims dims = build.dims(attention);
  const auto at = static_cast<std::ptrdiff_t>(dims.size()) - 3;
  const std::int64_t heads = dims.at(static_cast<std::size_t>(at)).size;
  const graph::Dim &queries = dims[dims.size() - 2], &keys = dims.back();
  PELLUCID_ASSERT(!dims[static_cast<std::size_t>(at)].per_batch && !queries.per_batch && !keys.per_batch);
  const std::vector<double> share(static_cast<std::size_t>(heads), 1.0 / static_cast<double>(heads));
  graph::Dims flat(dims.begin(), dims.begin() + at + 1), out(dims.begin(), dims.begin() + at);
  flat.push_back({queries.size * keys.size, false});
  out.insert(out.end(), {queries, keys});
  const graph::ValueId mean = build.matmul(constant({1, heads}, share, "heads_mean"), build.reshape(attention, flat));
  return build.reshape(mean, out);
}

graph::ValueId Context::for_every_target(graph::ValueId value) {
  const graph::ValueId lifted = build.unsqueeze(value, 0);
  return build.expand(lifted, graph::with_leading(targets, build.dims(value)));
}

graph::ValueId Context::validity() {
  if (stream.validity == graph::kNone || validity_ != graph::kNone) return validity_;
  const graph::ValueId zero = build.scalar_like(0, stream.validity);
  const graph::ValueId padding = build.compare("Equal", stream.validity, zero);
  validity_ = build.unsqueeze(build.cast(build.unary("Not", padding), build.type(stream.tokens)), 1);
  return validity_;
}

graph::ValueId Context::token_mean() {
  const graph::ValueId valid = validity();
  if (valid != graph::kNone) return build.div(valid, build.reduce_sum(valid, {-1}, true));
  return constant({1, tokens()}, std::vector<double>(static_cast<std::size_t>(tokens()), 1.0 / double(tokens())),
                  "token_mean");
}

graph::ValueId Context::without_padding(graph::ValueId scores) {
  const graph::ValueId valid = validity();
  return valid == graph::kNone ? scores : build.mul(scores, build.squeeze(valid, 1));
}

graph::ValueId Context::content_mean() {
  const graph::ValueId valid = validity(), share = content_share();
  if (valid == graph::kNone) return share;
  const graph::ValueId kept = build.mul(build.unsqueeze(build.transpose(valid, {0, 2, 1}), 1), share);
  return build.div(kept, build.reduce_sum(kept, {-2}, true));
}

// Mean over the content where nothing is padding: [T, 1]. Patches and words are content, class tokens among them are
// none; rows of a table and steps in time all count alike.
graph::ValueId Context::content_share() {
  std::vector<double> share(static_cast<std::size_t>(tokens()), 1.0);
  const graph::ValueId input = build.graph().find(stream.input);
  const bool rows_or_steps = stream.layout.rows == 0 && input != graph::kNone && build.graph().is_float(input);
  if (!rows_or_steps)
    for (const std::int64_t token : stream.layout.special) share.at(static_cast<std::size_t>(token)) = 0.0;
  const double count = std::accumulate(share.begin(), share.end(), 0.0);
  PELLUCID_CHECK(count > 0, kUnsupported, "the stream '{}' has special tokens only, no content", stream.name);
  for (double& value : share) value /= count;
  return constant({tokens(), 1}, share, "content_mean");
}

}  // namespace pellucid::methods
