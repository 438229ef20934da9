#include "graph/passes/fused/operators.hpp"
#include "graph/passes/fused/padding_mask.hpp"

namespace pellucid::graph::fused {
namespace {

enum Input : std::size_t { kX, kWeights, kBias, kMask, kPast, kScores };

/// Widths of queries, keys and values.
std::vector<std::int64_t> widths_of(const FusedNode& at) {
  const std::vector<std::int64_t> given = ints_attribute(at.node, "qkv_hidden_sizes");
  if (given.size() == 3) return given;
  const std::int64_t third = at.dims(kWeights).at(1).size / 3;
  return {third, third, third};
}

void refuse_caches(FusedNode& at) {
  at.refuse(at.has(kPast) && at.dims(kPast).at(3).size != 0, "a filled cache of keys and values is");
  at.refuse(at.integer("past_present_share_buffer", 0) != 0, "a shared buffer of keys and values is");
  at.refuse(at.integer("do_rotary", 0) != 0, "rotary positions inside (do_rotary) are");
}

/// Keys and values of all samples: [2, batch, heads, keys, dim].
void give_present(FusedNode& at, const AttentionOperands& operands) {
  if (!at.wanted(1)) return;
  at.give(1, at.build.concat({at.build.unsqueeze(operands.k, 0), at.build.unsqueeze(operands.v, 0)}, 0));
}

}  // namespace

void attention(FusedNode& at) {
  refuse_caches(at);
  Builder& build = at.build;
  ValueId packed = build.matmul(at.required(kX), at.required(kWeights));
  if (at.has(kBias)) packed = build.add(packed, at.input(kBias));
  const std::vector<std::int64_t> widths = widths_of(at);
  std::vector<Dims> dims(3, build.dims(packed));
  for (std::size_t i = 0; i < 3; ++i) dims[i].back() = {widths[i], false};
  const std::vector<ValueId> split =
      build.ops("Split", {packed, build.ints(widths)}, dims, build.type(packed), {{"axis", std::int64_t{2}}});
  const std::int64_t heads = at.integer("num_heads", 0);
  AttentionOperands operands;
  operands.q = at.parts.split_heads(split[0], heads);
  operands.k = at.parts.split_heads(split[1], heads);
  operands.v = at.parts.split_heads(split[2], heads);
  operands.scale = at.given_number("scale");
  operands.bias = at.input(kScores);
  operands.masked = padding_mask(at, kMask, operands);
  operands.reach.causal = at.integer("unidirectional", 0) != 0;
  at.give(0, at.parts.join_heads(at.parts.attend(operands).context));
  give_present(at, operands);
}

}  // namespace pellucid::graph::fused
