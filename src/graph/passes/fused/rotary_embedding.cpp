#include "graph/passes/fused/operators.hpp"
#include "graph/passes/fused/rotation.hpp"

namespace pellucid::graph::fused {
namespace {

/// x with its heads split, rotated, and put together again. Tables: [rows, pairs] or [batch, rows, pairs].
void give_rotated(FusedNode& at, std::int64_t heads, Rotation rotation) {
  Builder& build = at.build;
  const ValueId x = at.required(0);
  const bool packed = build.rank(x) == 3;
  if (build.rank(rotation.cosine) == 3) {
    rotation.cosine = build.unsqueeze(rotation.cosine, 1);
    rotation.sine = build.unsqueeze(rotation.sine, 1);
  }
  const ValueId rotated = rotate(build, at.parts.split_heads(x, heads), rotation);
  at.give(0, packed ? at.parts.join_heads(rotated) : rotated);
}

/// The width of a head: what the tables rotate where nothing else says it.
std::int64_t heads_of(const FusedNode& at, std::size_t table) {
  const std::int64_t given = at.integer("num_heads", 0);
  if (given > 0 || at.build.rank(at.input(0)) == 4) return given;
  return at.dims(0).back().size / (2 * at.dims(table).back().size);
}

std::int64_t rows_of(const FusedNode& at) { return at.dims(0).at(at.build.rank(at.input(0)) == 4 ? 2 : 1).size; }

/// Places [1] (those of the first token; the others follow) or [batch, rows].
ValueId all_places(FusedNode& at, ValueId places) {
  if (at.build.rank(places) == 2) return places;
  return at.build.add(places, at.parts.places(rows_of(at), at.build.type(places)));
}

}  // namespace

void rotary_embedding(FusedNode& at) {
  at.refuse(at.integer("is_packed_batching", 0) != 0, "packed batches are");
  const ValueId places = all_places(at, at.required(1));
  Rotation rotation{at.build.gather(at.required(2), places, 0), at.build.gather(at.required(3), places, 0),
                    at.integer("interleaved", 0) != 0};
  give_rotated(at, heads_of(at, 2), rotation);
}

void onnx_rotary_embedding(FusedNode& at) {
  Rotation rotation{at.required(1), at.required(2), at.integer("interleaved", 0) != 0};
  if (at.has(3)) {
    rotation.cosine = at.build.gather(rotation.cosine, at.input(3), 0);
    rotation.sine = at.build.gather(rotation.sine, at.input(3), 0);
  }
  give_rotated(at, at.integer("num_heads", 0), rotation);
}

}  // namespace pellucid::graph::fused
