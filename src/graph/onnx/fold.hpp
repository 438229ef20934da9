#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "onnx-ml.pb.h"
#include "run/session.hpp"

namespace pellucid::graph {

/// Throws Error{kUnsupported} above 2 GB.
[[nodiscard]] std::vector<std::byte> serialise(const onnx::ModelProto& model);

/// The model in one thread, each node as it stands: to see what shapes the runtime infers, or to compute a constant.
[[nodiscard]] run::Session plain_session(const onnx::ModelProto& model, const std::string& name);

/// A model with the shapes of its inputs, with constant arithmetic folded and what the shapes decide written out, until
/// nothing is left of either. `name`: what messages call it. Throws NotReadable where control flow or lists remain.
[[nodiscard]] onnx::ModelProto fold(const onnx::ModelProto& shaped, const std::string& name);

}  // namespace pellucid::graph
