#include <algorithm>

#include "graph/passes/fused/operators.hpp"
#include "graph/passes/fused/padding_mask.hpp"
#include "graph/passes/fused/rotation.hpp"

namespace pellucid::graph::fused {
namespace {

enum Input : std::size_t {
  kQuery,
  kKey,
  kValue,
  kPastKey,
  kPastValue,
  kLastKeys,
  kTotal,
  kCosine,
  kSine,
  kPlaces,
  kScores,
  kSink
};

void refuse_what_is_not_covered(FusedNode& at) {
  at.refuse(at.has(kPastKey) && at.dims(kPastKey).at(2).size != 0, "a filled cache of keys and values is");
  at.refuse(at.has(kSink) || at.integer("smooth_softmax", -1) > 0, "an attention sink (smooth_softmax) is");
  for (std::size_t i = kSink + 1; i < at.node.inputs.size(); ++i)
    at.refuse(at.has(i), "a quantised cache, or a norm of queries and keys inside, is");
  at.refuse(at.integer("sliding_window_cache", 0) != 0, "a cache of the window's size is");
  at.refuse_output(3, "the output of its scores is");
}

/// Queries, keys and values where they come in one tensor.
void separate(FusedNode& at, std::int64_t heads, std::int64_t groups, AttentionOperands& operands) {
  std::vector<ValueId> parts{at.required(kQuery), at.input(kKey), at.input(kValue)};
  if (parts[1] == kNone) {
    const std::int64_t dim = at.dims(kQuery).back().size / (heads + 2 * groups);
    const std::vector<std::int64_t> widths{heads * dim, groups * dim, groups * dim};
    std::vector<Dims> dims(3, at.dims(kQuery));
    for (std::size_t i = 0; i < 3; ++i) dims[i].back() = {widths[i], false};
    parts = at.build.ops("Split", {parts[0], at.build.ints(widths)}, dims, at.build.type(parts[0]),
                         {{"axis", std::int64_t{2}}});
  }
  operands.q = at.parts.split_heads(parts[0], heads);
  operands.k = at.parts.split_heads(parts[1], groups);
  operands.v = at.parts.split_heads(parts[2], groups);
}

/// Rows of a table of cosines or sines: the first ones, or those from the first given place of the first sample on,
/// which is how ONNX Runtime reads the places of a whole sequence.
ValueId rows_of(FusedNode& at, std::size_t table, std::int64_t count) {
  Builder& build = at.build;
  if (!at.has(kPlaces)) return build.slice(at.required(table), 0, 0, count);
  const ValueId places = build.slice(build.gather(at.input(kPlaces), build.ints({0}), 0), 1, 0, 1);
  const ValueId first = build.reshape(places, {{1, false}});
  return build.gather(at.required(table), build.add(first, at.parts.places(count, build.type(first))), 0);
}

void rotate_both(FusedNode& at, AttentionOperands& operands) {
  if (at.integer("do_rotary", 0) == 0) return;
  const std::int64_t rows = at.build.dims(operands.q)[2].size;
  const Rotation rotation{rows_of(at, kCosine, rows), rows_of(at, kSine, rows),
                          at.integer("rotary_interleaved", 0) != 0};
  operands.q = rotate(at.build, operands.q, rotation);
  operands.k = rotate(at.build, operands.k, rotation);
}

/// Keys up to the sample's last one, unless the graph says that it is the last of all.
void mask(FusedNode& at, AttentionOperands& operands) {
  const ValueId last = at.required(kLastKeys);
  const std::int64_t keys = at.build.dims(operands.k)[2].size;
  if (at.build.graph().is_constant(last)) {
    const std::vector<double> each = at.build.graph().value(last).constant.to_doubles();
    if (std::all_of(each.begin(), each.end(), [&](double one) { return one >= static_cast<double>(keys - 1); })) return;
  }
  ValueId valid = counted_mask(at.build.graph(), last, -1);
  if (valid == kNone) {
    const ValueId flat = at.build.reshape(last, {at.build.dims(operands.q)[0]});
    valid = at.parts.before(at.build.add_scalar(flat, 1), keys);
  }
  operands.masked = at.parts.over_heads(at.parts.fill_masked(valid, kLowestScore, operands.q));
}

}  // namespace

void group_query_attention(FusedNode& at) {
  refuse_what_is_not_covered(at);
  AttentionOperands operands;
  separate(at, at.integer("num_heads", 0), at.integer("kv_num_heads", 0), operands);
  rotate_both(at, operands);
  operands.scale = at.given_number("scale");
  operands.softcap = at.number("softcap", 0);
  operands.bias = at.input(kScores);
  operands.reach.causal = at.integer("causal", 1) != 0;
  operands.reach.window = std::max<std::int64_t>(at.integer("local_window_size", -1), 0);
  mask(at, operands);
  at.give(0, at.parts.join_heads(at.parts.attend(operands).context));
  at.give(1, operands.k);
  at.give(2, operands.v);
}

}  // namespace pellucid::graph::fused
