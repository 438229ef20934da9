#pragma once

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Constants of more than one axis and more elements than this stay float32 in a widened graph, with a Cast behind.
inline constexpr std::int64_t kWidenedElements = 1024;

/// Turns a float32 graph at opset kOpset into the same computation in float64, in place: values keep their ids, names
/// and dims, their types change.
/// - Inputs stay float32; all that computes with them reads a Cast to float64 behind.
/// - Constants hold the float32 numbers of the deployed model, and those made here what they were before rounding.
/// Small ones and vectors become float64; large ones stay
///   as they are, shared with the model's file, and are cast where they are read. From a large table (Gather), the rows
///   are taken first.
/// - What ONNX wants in float32 (the scales of Resize) or reads for its shape alone stays float32.
/// Some operators then have no kernel, or aren't defined in float64: lower_to_double rewrites or refuses them. A
/// Builder made before holds constants of the old type: make a new one.
void widen(Graph& graph);

/// The constant that a value is, or is cast from; kNone where it is neither.
[[nodiscard]] ValueId constant_behind(const Graph& graph, ValueId id);

}  // namespace pellucid::graph
