#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Throws Error{kUnsupported} above 2 GB.
[[nodiscard]] std::vector<std::byte> serialise(const onnx::ModelProto& model);

/// A model with the shapes of its inputs, with constant arithmetic folded and what the shapes decide written out, until
/// nothing is left of either. `name`: what messages call it. Throws NotReadable where control flow or lists remain.
[[nodiscard]] onnx::ModelProto fold(const onnx::ModelProto& shaped, const std::string& name);

}  // namespace pellucid::graph
