#pragma once

#include <vector>

#include <pellucid/tensor.hpp>

#include "graph/graph.hpp"

namespace pellucid::explain {

/// The given samples of a tensor, in the given order and as often as named; a tensor without a batch axis is returned
/// as it is. `dims` says which axis counts the samples (several heads may be folded into it: sample·heads + head).
[[nodiscard]] Tensor take_samples(const Tensor& tensor, const graph::Dims& dims,
                                  const std::vector<std::int64_t>& samples);

/// Tensors of dims [targets, batch, …] put together along the batch axis (axis 1).
[[nodiscard]] Tensor join_batches(const std::vector<Tensor>& parts, std::size_t axis);

/// Whole entries [start, start + length) of one axis.
[[nodiscard]] Tensor cut(const Tensor& tensor, std::size_t axis, std::int64_t start, std::int64_t length);

}  // namespace pellucid::explain
