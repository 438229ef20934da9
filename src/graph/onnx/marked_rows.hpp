#pragma once

#include <string_view>

#include "graph/graph.hpp"
#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// BART's way to its answer: of the rows [batch, tokens, width] that a mask [batch, tokens] marks (NonZero, GatherND),
/// taken as [batch, marked, width], the last of each sample. Where each sample has as many marked rows, that is the row
/// at its last mark, and is written as that. Returns whether anything changed. A sample without a mark is an index
/// beyond the tokens, an error of the run.
[[nodiscard]] bool lower_marked_rows(onnx::ModelProto& model);

/// Whether the graph has what `lower_marked_rows` writes: samples with different numbers of marks are mixed up by the
/// file's own nodes, and not by these.
[[nodiscard]] bool reads_marked_rows(const Graph& graph);

}  // namespace pellucid::graph
