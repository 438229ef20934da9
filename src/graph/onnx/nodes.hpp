#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// A whole-number attribute of a node, `otherwise` where it is absent.
[[nodiscard]] std::int64_t int_of(const onnx::NodeProto& node, std::string_view name, std::int64_t otherwise);

/// Drops the nodes, of those that `droppable` names, whose first output nothing reads any more, the last ones first.
void drop_unread(onnx::GraphProto& graph, const std::function<bool(const onnx::NodeProto&)>& droppable);

}  // namespace pellucid::graph
