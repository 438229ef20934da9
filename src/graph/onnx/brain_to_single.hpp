#pragma once

#include <onnx-ml.pb.h>

namespace pellucid::graph {

/// Every bfloat16 in a model becomes float32: ONNX Runtime has next to no kernels for bfloat16 on a CPU and couldn't
/// fold the model. Initialisers must lie inside the file.
void brain_to_single(onnx::ModelProto& model);

}  // namespace pellucid::graph
