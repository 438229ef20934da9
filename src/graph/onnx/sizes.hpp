#pragma once

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Throws Error{kBadInput} where a constant says that a node's result has more elements than any model needs: folding
/// would fill the memory with them.
void check_sizes(const onnx::ModelProto& model);

}  // namespace pellucid::graph
