#pragma once

#include <optional>
#include <vector>

#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// The first opset whose Scan has no batch axis of its own.
inline constexpr std::int64_t kFirstScanOpset = 9;

/// What the attributes of a Scan say.
struct ScanAxes {
  struct Place {
    std::int64_t axis = 0;
    bool backwards = false;
  };

  /// Throws Error{kBadInput} where node, body and attributes don't fit together.
  ScanAxes(const onnx::NodeProto& scan, const onnx::GraphProto& body);
  /// The size of the axis that is walked over; std::nullopt where the shapes of the graph's inputs don't tell it.
  [[nodiscard]] std::optional<std::int64_t> steps(const onnx::ModelProto& model) const;

  int carried = 0;                   ///< values passed from step to step: the first inputs and outputs
  std::vector<Place> read, written;  ///< of the other inputs and outputs

 private:
  const onnx::NodeProto& scan_;
};

}  // namespace pellucid::graph
