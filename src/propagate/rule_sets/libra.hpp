#pragma once

#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// LibraGrad (Mehri et al., CVPR 2025): the gradient with attention, the deviations of norms and the gates of
/// activations taken as constants, and halves for products of two activations, so that x ⊙ g adds up.
[[nodiscard]] RuleSet libra_rule_set();

}  // namespace pellucid::propagate
