#include "graph/passes/fused/operators.hpp"
#include "graph/passes/fused/padding_mask.hpp"

namespace pellucid::graph::fused {
namespace {

enum Input : std::size_t { kQuery, kKey, kValue, kBias, kMask, kScores, kPastKey, kPastValue, kPastLength, kBeams };

/// Elements [start, start + length) of the packed bias; of a constant a constant.
ValueId part_of_bias(FusedNode& at, std::int64_t start, std::int64_t length) {
  Graph& graph = at.build.graph();
  const ValueId bias = at.input(kBias);
  if (!graph.is_constant(bias)) return at.build.slice(bias, 0, start, length);
  const std::vector<double> all = graph.value(bias).constant.to_doubles();
  const std::vector<double> part(all.begin() + start, all.begin() + start + length);
  const Tensor tensor(Shape{length}, part);
  return graph.add_constant(tensor.cast(at.build.type(bias)), graph.fresh_name("bias"));
}

/// A packed tensor [batch, rows, heads, count, dim], one of its parts as [batch, rows, heads·dim].
ValueId unpacked(FusedNode& at, ValueId packed, std::int64_t part) {
  const Dims d = at.build.dims(packed);
  const ValueId one = at.build.squeeze(at.build.slice(packed, 3, part, 1), 3);
  return at.build.reshape(one, {d[0], d[1], {d[2].size * d[4].size, false}});
}

struct Parts {
  ValueId q, k, v;
};

Parts separate(FusedNode& at) {
  const ValueId query = at.required(kQuery);
  if (at.build.rank(query) == 5) return {unpacked(at, query, 0), unpacked(at, query, 1), unpacked(at, query, 2)};
  const ValueId key = at.required(kKey);
  if (at.build.rank(key) == 5) return {query, unpacked(at, key, 0), unpacked(at, key, 1)};
  return {query, key, at.required(kValue)};
}

/// The biases of queries, keys and values; keys and values that come with their heads split have theirs already.
void add_bias(FusedNode& at, Parts& parts) {
  if (!at.has(kBias)) return;
  std::int64_t start = 0;
  for (ValueId* part : {&parts.q, &parts.k, &parts.v}) {
    if (at.build.rank(*part) != 3) return;
    const std::int64_t width = at.build.dims(*part)[2].size;
    *part = at.build.add(*part, part_of_bias(at, start, width));
    start += width;
  }
}

void refuse_caches(FusedNode& at) {
  at.refuse(at.has(kPastKey) && at.dims(kPastKey).at(2).size != 0, "a filled cache of keys and values is");
  at.refuse(at.has(kPastLength) || at.has(kBeams), "a shared buffer of keys and values is");
}

}  // namespace

void multi_head_attention(FusedNode& at) {
  refuse_caches(at);
  Parts parts = separate(at);
  add_bias(at, parts);
  const std::int64_t heads = at.integer("num_heads", 0);
  AttentionOperands operands;
  operands.q = at.parts.split_heads(parts.q, heads);
  operands.k = at.parts.split_heads(parts.k, heads);
  operands.v = at.parts.split_heads(parts.v, heads);
  operands.scale = at.given_number("scale");
  operands.bias = at.input(kScores);
  operands.masked = padding_mask(at, kMask, operands);
  operands.reach.causal = at.integer("unidirectional", 0) != 0;
  const AttentionResult result = at.parts.attend(operands);
  at.give(0, at.parts.join_heads(result.context));
  at.give(1, operands.k);
  at.give(2, operands.v);
  at.give(3, result.scaled);
}

}  // namespace pellucid::graph::fused
