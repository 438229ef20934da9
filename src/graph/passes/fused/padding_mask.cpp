#include "graph/passes/fused/padding_mask.hpp"

namespace pellucid::graph::fused {
namespace {

/// How many numbers a vector holds for every sample.
std::int64_t per_sample(const Dim& length, const Dim& batch) {
  if (length.per_batch == batch.per_batch) return length.size / batch.size;
  return 0;
}

/// [2·batch]: the ends of all samples, then their starts.
ValueId between(FusedNode& at, ValueId places, const Dim& batch, std::int64_t keys) {
  const ValueId rows = at.build.reshape(places, {{2, false}, batch});
  const ValueId ends = at.build.squeeze(at.build.slice(rows, 0, 0, 1), 0);
  const ValueId starts = at.build.squeeze(at.build.slice(rows, 0, 1, 1), 0);
  const ValueId before = at.parts.before(ends, keys), from = at.parts.from(starts, keys);
  return at.build.op("And", {before, from}, at.build.dims(before), ElementType::kBool);
}

ValueId valid_keys(FusedNode& at, ValueId places, const Dim& batch, std::int64_t keys) {
  const Dim length = at.build.dims(places)[0];
  const std::int64_t each = per_sample(length, batch);
  if (length == batch) return at.parts.before(places, keys);
  if (each == 2 && length.size == 2 * batch.size) return between(at, places, batch, keys);
  at.refuse(batch.per_batch || length.size != 3 * batch.size + 2, "a mask of this length is");
  return at.parts.before(at.build.slice(places, 0, 0, batch.size), keys);
}

}  // namespace

ValueId padding_mask(FusedNode& at, std::size_t input, const AttentionOperands& operands) {
  if (!at.has(input)) return kNone;
  const ValueId given = at.input(input);
  const std::int64_t rank = at.build.rank(given), keys = at.build.dims(operands.k)[2].size;
  at.refuse(rank > 3, "a mask with more than three axes is");
  const ValueId valid = rank == 1 ? valid_keys(at, given, at.build.dims(operands.q)[0], keys) : given;
  at.refuse(at.build.dims(valid).back().size != keys, "a mask of more keys than are fed is");
  const ValueId filled = at.parts.fill_masked(valid, at.number("mask_filter_value", -10000), operands.q);
  return at.parts.over_heads(filled);
}

}  // namespace pellucid::graph::fused
