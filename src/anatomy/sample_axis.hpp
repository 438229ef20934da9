#pragma once

#include <cstddef>
#include <optional>

#include "graph/builder.hpp"

/// Axes that samples share with something else: heads, windows or tokens folded into the batch.
namespace pellucid::anatomy {

/// Where the samples are in dims; nothing where no axis depends on the batch.
[[nodiscard]] std::optional<std::size_t> sample_axis(const graph::Dims& dims);

/// Whether the axis of samples of a value counts them first (b·n + i, heads of torch's MultiheadAttention) or last
/// (i·B + b, rows of a sequence-first model); followed up to the Reshape that made it. Nothing where that isn't found.
[[nodiscard]] std::optional<bool> samples_lead(const graph::Graph& graph, graph::ValueId value);

/// `x` with that axis taken apart, samples first: […, n·B, …] -> […, B, n, …]. `axis` is where it is in x.
[[nodiscard]] graph::ValueId unfold_samples(graph::Builder& build, graph::ValueId x, std::size_t axis, bool lead);
/// The reverse: […, B, n, …] -> […, n·B, …].
[[nodiscard]] graph::ValueId fold_samples(graph::Builder& build, graph::ValueId x, std::size_t axis, bool lead);

}  // namespace pellucid::anatomy
