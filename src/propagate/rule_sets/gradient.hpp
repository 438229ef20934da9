#pragma once

#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// The ordinary gradient: every operator's vector-Jacobian product.
[[nodiscard]] RuleSet gradient_rule_set();

}  // namespace pellucid::propagate
