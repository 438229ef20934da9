#pragma once

#include <functional>
#include <memory>

#include "graph/graph.hpp"
#include "graph/onnx/external_data.hpp"
#include "onnx-ml.pb.h"

namespace pellucid::graph {

[[nodiscard]] ElementType element_type_from_onnx(std::int32_t code, const std::string& what);
[[nodiscard]] std::int32_t element_type_to_onnx(ElementType type);

/// A tensor of the file; `owner` keeps the proto's memory alive, which the result shares where it can.
/// `folders`: where external data may lie; none, and external data is refused.
[[nodiscard]] Tensor tensor_from_onnx(const onnx::TensorProto& proto, const std::shared_ptr<const void>& owner,
                                      const DataFolders& folders);
[[nodiscard]] onnx::TensorProto tensor_to_onnx(const Tensor& tensor, const std::string& name);

/// Throws Error{kUnsupported} where the node holds a branch or the body of a loop.
void require_no_subgraph(const onnx::NodeProto& node);
/// Throws Error{kUnsupported} where the size of the node's result depends on what its inputs hold.
void require_shape_without_values(const onnx::NodeProto& node);
[[nodiscard]] std::map<std::string, Attribute> attributes_from_onnx(const onnx::NodeProto& node);
/// The outputs that a node has, each in its place; kNone where the file leaves out an optional one (an empty name).
[[nodiscard]] std::vector<ValueId> with_absent_outputs(const onnx::NodeProto& node,
                                                       const std::vector<ValueId>& present);
void attribute_to_onnx(const std::string& name, const Attribute& value, onnx::NodeProto& node);

}  // namespace pellucid::graph
