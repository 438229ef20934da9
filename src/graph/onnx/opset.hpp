#pragma once

#include "graph/builder.hpp"

namespace pellucid::graph {

/// Brings a node of opset `from` to the form that opset kOpset has: axes, bounds and sizes as inputs instead of
/// attributes, Softmax over one axis, Upsample as Resize, every axis of an Einsum as a letter. Throws
/// Error{kUnsupported} where an old form means something that the new one can't say.
void to_common_opset(Builder& build, Node& node, std::int64_t from);

}  // namespace pellucid::graph
