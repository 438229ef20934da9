#pragma once

#include <string>
#include <vector>

#include <pellucid/tensor.hpp>

#include "graph/onnx/body_copies.hpp"
#include "onnx-ml.pb.h"

namespace pellucid::graph {

/// Appends nodes and constants to a graph of a given opset.
class Emit {
 public:
  Emit(onnx::ModelProto& model, ValueNames& names);

  /// A constant with a new name, made from `stem`; returns the name.
  [[nodiscard]] std::string constant(const Tensor& tensor, const std::string& stem);
  /// A node that stems from `owner`.
  onnx::NodeProto& node(const std::string& op, const onnx::NodeProto& owner, const std::vector<std::string>& inputs,
                        const std::string& output);
  /// Tensors of one shape along a new axis.
  void stack(const onnx::NodeProto& owner, std::vector<std::string> values, std::int64_t axis,
             const std::string& output);

 private:
  onnx::GraphProto& graph_;
  ValueNames& names_;
  std::int64_t opset_;
};

/// The version of the standard operators that a file uses.
[[nodiscard]] std::int64_t opset_of(const onnx::ModelProto& model);

}  // namespace pellucid::graph
