#pragma once

#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::graph {

/// What an Einsum node computes: one letter for every axis of each operand and of the result.
struct Equation {
  std::vector<std::string> operands;
  std::string result;

  /// "bik,bkj->bij"
  [[nodiscard]] std::string text() const;
  /// A letter that it doesn't use; throws Error{kUnsupported} where there is none.
  [[nodiscard]] char free_letter() const;
};

/// Reads a node's equation: "..." becomes letters, aligned at the last of its axes, and a result that is left out is
/// spelled out. Throws Error{kBadInput} where the equation doesn't fit the operands.
[[nodiscard]] Equation read_equation(const Graph& graph, const Node& node);

}  // namespace pellucid::graph
