#pragma once

#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// The LRP baseline of Chefer, Gur & Wolf (CVPR 2021), as their code has it: positive and negative contributions each
/// get the whole R, so that relevance doubles at every linear layer. For comparison with published numbers.
[[nodiscard]] RuleSet lrp_rule_set(double epsilon);

}  // namespace pellucid::propagate
