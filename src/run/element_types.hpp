#pragma once

#include <onnxruntime_cxx_api.h>

#include <pellucid/tensor.hpp>

namespace pellucid::run {

[[nodiscard]] ONNXTensorElementDataType to_onnx(ElementType type);
/// Throws Error{kUnsupported} for strings, complex numbers and the like.
[[nodiscard]] ElementType from_onnx(ONNXTensorElementDataType type);

}  // namespace pellucid::run
