#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "support/reference_tensor.hpp"

namespace pellucid::tests {

/// The elements rounded to float32, which is what a widened graph's inputs are given as.
[[nodiscard]] TensorD rounded_to_single(TensorD tensor);

/// Runs a graph by ONNX Runtime and gives its outputs, in order. `inputs` are cast to the inputs' types.
/// `fused`: with all of the runtime's optimisers, as programs run elsewhere.
[[nodiscard]] std::vector<Tensor> run_graph(const graph::Graph& graph, const std::map<graph::ValueId, TensorD>& inputs,
                                            bool fused = false);

/// The largest difference of elements over the largest expected element; infinite where sizes differ or a result is
/// NaN.
[[nodiscard]] double relative_error(const Tensor& result, const TensorD& expected);

}  // namespace pellucid::tests
