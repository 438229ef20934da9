#include "run/element_types.hpp"

#include <array>
#include <utility>

#include "base/check.hpp"

namespace pellucid::run {
namespace {

constexpr std::array<std::pair<ElementType, ONNXTensorElementDataType>, 13> kPairs = {{
    {ElementType::kFloat32, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT},
    {ElementType::kFloat64, ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE},
    {ElementType::kFloat16, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16},
    {ElementType::kBFloat16, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16},
    {ElementType::kInt8, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8},
    {ElementType::kUInt8, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8},
    {ElementType::kInt16, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16},
    {ElementType::kUInt16, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16},
    {ElementType::kInt32, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32},
    {ElementType::kUInt32, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32},
    {ElementType::kInt64, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64},
    {ElementType::kUInt64, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64},
    {ElementType::kBool, ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL},
}};

}  // namespace

ONNXTensorElementDataType to_onnx(ElementType type) {
  for (const auto& [ours, theirs] : kPairs)
    if (ours == type) return theirs;
  fail(ErrorCode::kInternal, "internal: unknown element type");
}

ElementType from_onnx(ONNXTensorElementDataType type) {
  // Numbers of 4 bits are kept in a byte each.
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT4) return ElementType::kInt8;
  if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT4) return ElementType::kUInt8;
  for (const auto& [ours, theirs] : kPairs)
    if (theirs == type) return ours;
  fail(ErrorCode::kUnsupported, "tensors of ONNX element type {} are not supported", static_cast<int>(type));
}

}  // namespace pellucid::run
