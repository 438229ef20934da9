#pragma once

#include "propagate/step.hpp"

/// What the rules of Gather*, Scatter* and MaxPool share.
namespace pellucid::propagate::operators {

/// Zeros of `dims` with `updates` added at `indices` (ScatterND: the last axis of `indices` walks over the leading
/// axes of `dims`); an index met twice adds twice.
[[nodiscard]] graph::ValueId scatter_add(graph::Builder& build, const graph::Dims& dims, graph::ValueId indices,
                                         graph::ValueId updates);
/// Zeros of `dims` with `updates` added along one axis (ScatterElements).
[[nodiscard]] graph::ValueId scatter_elements_add(graph::Builder& build, const graph::Dims& dims,
                                                  graph::ValueId indices, graph::ValueId updates, std::int64_t axis);
/// Indices without targets, repeated for every target: [targets, dims…].
[[nodiscard]] graph::ValueId for_every_target(Step& step, graph::ValueId indices);

}  // namespace pellucid::propagate::operators
