#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {
namespace {

enum Input : std::size_t { kIds, kTypes, kWords, kPositions, kTypeTable, kScale, kBias, kMask, kPlaces };

ValueId positions(FusedNode& at) {
  if (at.has(kPlaces)) return at.build.gather(at.required(kPositions), at.input(kPlaces), 0);
  return at.build.slice(at.required(kPositions), 0, 0, at.dims(kIds).at(1).size);
}

/// How many keys of each sample are no padding: what attention takes for the sample's end. 0 where nothing says.
void give_ends(FusedNode& at) {
  if (!at.wanted(1)) return;
  Builder& build = at.build;
  const Dims batch{at.dims(kIds).at(0)};
  if (!at.has(kMask)) {
    at.give(1, build.zeros(batch, ElementType::kInt32));
    return;
  }
  const ValueId mask = at.input(kMask);
  const ValueId ones = build.cast(build.compare("Equal", mask, build.scalar_like(1, mask)), ElementType::kInt32);
  at.give(1, build.reduce_sum(ones, {1}, false));
}

}  // namespace

void embed_layer_normalization(FusedNode& at) {
  Builder& build = at.build;
  ValueId sum = build.gather(at.required(kWords), at.required(kIds), 0);
  if (at.has(kTypes)) sum = build.add(sum, build.gather(at.required(kTypeTable), at.input(kTypes), 0));
  sum = build.add(sum, positions(at));
  const float epsilon = static_cast<float>(at.number("epsilon", 1e-12F));
  at.give(0, build.op("LayerNormalization", {sum, at.required(kScale), at.required(kBias)}, build.dims(sum),
                      build.type(sum), {{"axis", std::int64_t{-1}}, {"epsilon", epsilon}}));
  give_ends(at);
  at.give(2, sum);
}

}  // namespace pellucid::graph::fused
