#pragma once

#include <vector>

#include "propagate/rule_options.hpp"
#include "propagate/rule_set.hpp"

/// Rules whose denominators are stabilised, and the gamma rule. With all stabilisers 0 they are the ε = 0 rules and
/// none of these is needed.
namespace pellucid::propagate::stabilised {

/// g z / (z + ε): what a denominator z + ε leaves of a cotangent at z. g itself where ε is 0.
[[nodiscard]] graph::ValueId shrunk(Step& step, graph::ValueId cotangent, graph::ValueId z, double epsilon,
                                    bool follows_sign);

/// Rules of linear layers, layer norms and additions, those that the options ask for.
[[nodiscard]] std::vector<Rule> rules(const RuleOptions& options);

}  // namespace pellucid::propagate::stabilised
