#pragma once

#include <optional>

#include "graph/graph.hpp"
#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// What one folding gave: the folded graph and the shape of every value in it.
struct Folded {
  onnx::GraphProto graph;
  std::int64_t opset = 0;
  std::map<std::string, std::pair<ElementType, Shape>> shapes;
};

/// Where the graph came from, beside the folded protos.
struct ReadContext {
  std::map<std::string, std::size_t> input_order;  ///< the user's inputs
  const TensorMap* weights = nullptr;              ///< taken out before folding, by name
  std::int64_t small_batch = 0, large_batch = 0;   ///< batch sizes of the two foldings; 0: fixed
};

/// Reads a folded graph. With two foldings the batch axis is found as what differs between them; std::nullopt
/// where they differ in anything that isn't a multiple of the batch.
[[nodiscard]] std::optional<Graph> read_folded(const Folded& small, const Folded* large, const ReadContext& context);

}  // namespace pellucid::graph
