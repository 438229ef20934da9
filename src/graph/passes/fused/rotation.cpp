#include "graph/passes/fused/rotation.hpp"

namespace pellucid::graph::fused {
namespace {

/// Every pair (a, b) becomes (−b, a).
ValueId quarter_turn(Builder& build, ValueId x, bool interleaved) {
  const Dims dims = build.dims(x);
  const std::int64_t pairs = dims.back().size / 2;
  if (!interleaved) {
    const ValueId first = build.slice(x, -1, 0, pairs), second = build.slice(x, -1, pairs, pairs);
    return build.concat({build.unary("Neg", second), first}, -1);
  }
  Dims paired = dims;
  paired.back() = {pairs, false};
  paired.push_back({2, false});
  const ValueId split = build.reshape(x, paired);
  const ValueId first = build.slice(split, -1, 0, 1), second = build.slice(split, -1, 1, 1);
  return build.reshape(build.concat({build.unary("Neg", second), first}, -1), dims);
}

/// One entry for both elements of each pair.
ValueId for_both(Builder& build, ValueId table, bool interleaved) {
  if (!interleaved) return build.concat({table, table}, -1);
  Dims wide = build.dims(table);
  wide.back().size *= 2;
  const ValueId column = build.unsqueeze(table, build.rank(table));
  return build.reshape(build.concat({column, column}, -1), wide);
}

}  // namespace

ValueId rotate(Builder& build, ValueId x, const Rotation& rotation) {
  const std::int64_t width = build.dims(x).back().size, rotated = 2 * build.dims(rotation.cosine).back().size;
  const ValueId part = build.slice(x, -1, 0, rotated);
  const ValueId kept = build.mul(part, for_both(build, rotation.cosine, rotation.interleaved));
  const ValueId turned =
      build.mul(quarter_turn(build, part, rotation.interleaved), for_both(build, rotation.sine, rotation.interleaved));
  const ValueId sum = build.add(kept, turned);
  if (rotated == width) return sum;
  return build.concat({sum, build.slice(x, -1, rotated, width - rotated)}, -1);
}

}  // namespace pellucid::graph::fused
