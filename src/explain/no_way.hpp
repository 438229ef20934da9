#pragma once

#include <string>

#include "propagate/rule_set.hpp"

namespace pellucid::explain {

/// Why nothing flows back from the scores to a value: "no differentiable way leads from 'x' to the target: the gradient
/// of Round node 'y' is zero", the first such node on the way.
[[nodiscard]] std::string why_no_way(const graph::Graph& graph, const propagate::RuleSet& rules, graph::ValueId from);

}  // namespace pellucid::explain
