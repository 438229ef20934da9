#pragma once

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Throws Error{kBadInput} where a function of the model calls itself, or where what the functions stand for has no
/// end in sight: ONNX Runtime writes them out.
void check_functions(const onnx::ModelProto& model);

}  // namespace pellucid::graph
