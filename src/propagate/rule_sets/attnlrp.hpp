#pragma once

#include "propagate/rule_options.hpp"
#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// AttnLRP (Achtibat et al., ICML 2024) in gradient form: deviations and gates are constants, the softmax has its
/// derivative (Prop. 3.1), and a product of two values made from the input gives half to each (Props. 3.2 and 3.3).
/// In attention the half that belongs to A·V is taken behind the softmax: A keeps its whole cotangent, v gets 1/2, q
/// and k get 1/4.
[[nodiscard]] RuleSet attnlrp_rule_set(const RuleOptions& options);

}  // namespace pellucid::propagate
