#pragma once

#include <pellucid/error.hpp>

namespace pellucid::graph {

/// A sound model that can't be written as a graph of fixed shapes: ONNX Runtime runs it all the same.
class NotReadable : public Error {
 public:
  explicit NotReadable(const std::string& message) : Error(ErrorCode::kUnsupported, message) {}
};

}  // namespace pellucid::graph
