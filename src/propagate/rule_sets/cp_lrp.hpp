#pragma once

#include "propagate/rule_options.hpp"
#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// CP-LRP (Ali et al., ICML 2022) in gradient form: attention (AH-rule), deviations (LN-rule) and the gate of a gated
/// product are constants. Activations pass by their gate (lxt), or by their derivative (Ali et al.).
[[nodiscard]] RuleSet cp_lrp_rule_set(const RuleOptions& options);

}  // namespace pellucid::propagate
