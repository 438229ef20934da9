#include "graph/passes/attention_parts.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace pellucid::graph {

AttentionResult AttentionParts::attend(const AttentionOperands& of) {
  const std::int64_t heads = build_.dims(of.q)[1].size;
  const ValueId k = repeat_heads(of.k, heads), v = repeat_heads(of.v, heads);
  const double scale = of.scale.value_or(1.0 / std::sqrt(static_cast<double>(build_.dims(of.q)[3].size)));
  AttentionResult result;
  result.scaled = build_.mul_scalar(build_.matmul(of.q, build_.transpose_last(k)), scale);
  result.capped = result.scaled;
  if (of.softcap != 0)
    result.capped =
        build_.mul_scalar(build_.unary("Tanh", build_.mul_scalar(result.scaled, 1 / of.softcap)), of.softcap);
  ValueId scores = result.capped;
  if (of.bias != kNone) scores = build_.add(scores, of.bias);
  if (of.masked != kNone) scores = build_.add(scores, of.masked);
  if (of.reach.causal) {
    const Dims d = build_.dims(scores);
    scores = build_.where(within(of.reach, d[2].size, d[3].size), scores, lowest(scores));
  }
  result.scores = scores;
  result.probabilities = build_.softmax(scores, -1);
  result.context = build_.matmul(result.probabilities, v);
  return result;
}

ValueId AttentionParts::split_heads(ValueId x, std::int64_t heads) {
  if (build_.rank(x) == 4) return x;
  const Dims d = build_.dims(x);
  return build_.transpose(build_.reshape(x, {d[0], d[1], {heads, false}, {d[2].size / heads, false}}), {0, 2, 1, 3});
}

ValueId AttentionParts::join_heads(ValueId x) {
  const Dims d = build_.dims(x);
  return build_.reshape(build_.transpose(x, {0, 2, 1, 3}), {d[0], d[2], {d[1].size * d[3].size, false}});
}

ValueId AttentionParts::repeat_heads(ValueId x, std::int64_t heads) {
  const Dims d = build_.dims(x);
  if (d[1].size == heads) return x;
  const std::int64_t copies = heads / d[1].size;
  const ValueId wide = build_.expand(build_.unsqueeze(x, 2), {d[0], d[1], {copies, false}, d[2], d[3]});
  return build_.reshape(wide, {d[0], {heads, false}, d[2], d[3]});
}

ValueId AttentionParts::over_heads(ValueId mask) {
  Dims to = build_.dims(mask);
  while (to.size() < 4) to.insert(to.begin() + 1, Dim{});
  return build_.reshape(mask, to);
}

ValueId AttentionParts::fill_masked(ValueId mask, double filled, ValueId like) {
  const ValueId valid =
      build_.type(mask) == ElementType::kBool ? mask : build_.compare("Greater", mask, build_.scalar_like(0, mask));
  return build_.where(valid, build_.scalar_like(0, like), build_.scalar_like(filled, like));
}

ValueId AttentionParts::before(ValueId ends, std::int64_t keys) {
  return build_.compare("Less", places(keys, build_.type(ends)), build_.unsqueeze(ends, 1));
}

ValueId AttentionParts::from(ValueId starts, std::int64_t keys) {
  return build_.compare("GreaterOrEqual", places(keys, build_.type(starts)), build_.unsqueeze(starts, 1));
}

ValueId AttentionParts::places(std::int64_t count, ElementType type) {
  std::vector<std::int64_t> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), 0);
  if (type == ElementType::kInt64) return build_.ints(list);
  Graph& graph = build_.graph();
  return graph.add_constant(Tensor(Shape{count}, list).cast(type), graph.fresh_name("places"));
}

ValueId AttentionParts::within(const Reach& reach, std::int64_t queries, std::int64_t keys) {
  const auto [at, fresh] = reaches_.try_emplace({queries, keys, reach.window}, kNone);
  if (!fresh) return at->second;
  Tensor mask(ElementType::kBool, {queries, keys});
  std::byte* out = mask.mutable_data();
  for (std::int64_t i = 0; i < queries; ++i)
    for (std::int64_t j = 0; j <= i && j < keys; ++j)
      if (reach.window == 0 || i - j < reach.window) out[i * keys + j] = std::byte{1};
  at->second = build_.graph().add_constant(std::move(mask), build_.graph().fresh_name("causal"));
  return at->second;
}

ValueId AttentionParts::lowest(ValueId like) {
  return build_.scalar_like(-std::numeric_limits<double>::infinity(), like);
}

}  // namespace pellucid::graph
