#pragma once

#include <string>

#include <pellucid/tensor.hpp>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// The shape of a value as ONNX Runtime infers it, without a run; -1 where an axis is open, empty where the rank is.
[[nodiscard]] Shape inferred_shape(onnx::ModelProto model, const std::string& value);

}  // namespace pellucid::graph
