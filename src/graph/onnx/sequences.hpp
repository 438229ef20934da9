#pragma once

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Replaces what reads lists of tensors (ConcatFromSequence, SequenceAt, SequenceLength) by operators on their
/// elements, where every list's making is known, as it is once the loops that fill it are written out. Returns whether
/// anything changed.
[[nodiscard]] bool lower_sequences(onnx::ModelProto& model);

/// Throws NotReadable where the node makes or reads a list of tensors.
void require_no_sequence(const onnx::NodeProto& node);

}  // namespace pellucid::graph
