#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "support/reference_tensor.hpp"

namespace pellucid::tests {

/// A node with the values of its inputs, as an operator's definition sees it.
struct Call {
  const graph::Graph& graph;
  const graph::Node& node;
  std::vector<const TensorD*> inputs;  ///< nullptr where an optional input is absent

  [[nodiscard]] bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  [[nodiscard]] const TensorD& in(std::size_t i) const { return *inputs.at(i); }
  [[nodiscard]] std::int64_t attribute(const std::string& name, std::int64_t otherwise) const {
    return graph::int_attribute(node, name, otherwise);
  }
  [[nodiscard]] double real(const std::string& name, double otherwise) const {
    return graph::float_attribute(node, name, otherwise);
  }
  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    return graph::string_attribute(node, name, otherwise);
  }
  [[nodiscard]] std::vector<std::int64_t> list(const std::string& name) const {
    return graph::ints_attribute(node, name);
  }
  /// The axis attribute, not negative.
  [[nodiscard]] std::size_t axis(std::int64_t otherwise) const {
    return static_cast<std::size_t>(
        graph::positive_axis(attribute("axis", otherwise), static_cast<std::int64_t>(in(0).rank())));
  }
};

using Outputs = std::vector<TensorD>;
using Operator = Outputs (*)(const Call&);
using OperatorTable = std::map<std::string, Operator>;

/// The definitions, by family.
[[nodiscard]] const OperatorTable& elementwise_operators();
[[nodiscard]] const OperatorTable& product_operators();
[[nodiscard]] const OperatorTable& window_operators();
[[nodiscard]] const OperatorTable& reduction_operators();
[[nodiscard]] const OperatorTable& layout_operators();
[[nodiscard]] const OperatorTable& indexing_operators();

/// Computes every value of a graph in double with plain loops over the definitions of the ONNX operators, opset 20.
/// `inputs` may name values inside the graph too; the nodes that make them are then left out.
/// Throws std::runtime_error where an operator is unknown or a result hasn't the shape that the graph says.
[[nodiscard]] std::map<graph::ValueId, TensorD> execute(const graph::Graph& graph,
                                                        const std::map<graph::ValueId, TensorD>& inputs,
                                                        std::int64_t batch);

}  // namespace pellucid::tests
