#pragma once

#include <optional>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// How many steps a Loop takes where constants alone decide it: its greatest number of steps, its first condition, and
/// what every step computes the next condition from. std::nullopt where data decides; `most` where it takes as many
/// or more.
[[nodiscard]] std::optional<std::int64_t> loop_steps(const onnx::ModelProto& model, const onnx::NodeProto& loop,
                                                     const onnx::GraphProto& body, std::int64_t most);

}  // namespace pellucid::graph
