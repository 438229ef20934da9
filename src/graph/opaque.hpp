#pragma once

#include <string>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// Operators that stand for a part of the float model but can't be seen into or walked back through: those of ONNX
/// Runtime's optimiser (domain com.microsoft), and quantised ones that no pass rewrote.
[[nodiscard]] bool is_opaque(const Node& node);

/// Operators that compute with quantised values, or make them.
[[nodiscard]] bool is_quantised(const std::string& domain, const std::string& op);

/// A node that stands for a whole model which can't be read: from the model's inputs to its outputs.
[[nodiscard]] Node whole_model();
[[nodiscard]] bool is_whole_model(const Node& node);

/// For an opaque node: "it was made by ONNX Runtime's optimiser; explain the float export that the model was made
/// from".
[[nodiscard]] std::string advice_on_opaque(const Node& node);

}  // namespace pellucid::graph
