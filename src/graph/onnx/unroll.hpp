#pragma once

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Writes out, step by step, every Loop and Scan of a folded graph whose number of steps the input shapes decide: the
/// body once for each step, the values that it carries passed on, what it collects stacked at the end. Loops in a body
/// remain for the next call, once what decides them is folded. Returns whether anything changed. Throws
/// NotReadable where that makes too many nodes, Error{kBadInput} where a node and its body don't fit together.
[[nodiscard]] bool unroll_loops(onnx::ModelProto& model);

}  // namespace pellucid::graph
