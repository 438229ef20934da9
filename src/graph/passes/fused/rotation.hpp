#pragma once

#include "graph/passes/fused/fused_node.hpp"

namespace pellucid::graph::fused {

/// Rotary positions. Tables of cosines and sines, [rows, pairs] or with the batch in front, broadcast against x without
/// its last axis.
struct Rotation {
  ValueId cosine = kNone, sine = kNone;
  bool interleaved = false;  ///< pairs are neighbours; else an element and the one half the rotated width behind it
};

/// x cos + rotated(x) sin over the first 2·pairs elements of the last axis; the rest stays.
[[nodiscard]] ValueId rotate(Builder& build, ValueId x, const Rotation& rotation);

}  // namespace pellucid::graph::fused
