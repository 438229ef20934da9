#pragma once

#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// Transformer attribution (Chefer, Gur & Wolf, CVPR 2021): Deep-Taylor relevance with its residual normalised. R
/// travels from 1 at the explained logit; ΣR stays 1. `epsilon` is added to every denominator whatever its sign; the
/// authors have 1e-9.
[[nodiscard]] RuleSet chefer_rule_set(double epsilon);

}  // namespace pellucid::propagate
