#pragma once

#include <set>

#include "propagate/linear.hpp"

namespace pellucid::propagate {

/// What is added to denominators of the gradient-form rule sets.
struct Stabilisers {
  double linear = 0, layer_norm = 0, matmul = 0, attention_value = 0, add = 0;
  bool follows_sign = true;  ///< z + ε sign(z) with sign(0) = 1; else z + ε
};

/// The generalised gamma rule of linear layers: W + γ W⁺ for contributions of the output's sign.
struct Gamma {
  double conv = 0, linear = 0;
  std::set<LinearRole> scope{LinearRole::kConv, LinearRole::kMlp, LinearRole::kHead};
  /// γ of a layer; 0 is the epsilon rule.
  [[nodiscard]] double of(LinearRole role) const {
    if (scope.count(role) == 0) return 0;
    return role == LinearRole::kConv ? conv : linear;
  }
};

/// What the options of rule sets say; every rule set reads those that it has.
struct RuleOptions {
  bool gradient_activations = false;  ///< cp-lrp: an activation's derivative instead of its gate
  Gamma gamma;                        ///< attnlrp, cp-lrp
  Stabilisers epsilon;                ///< attnlrp, cp-lrp
  double relevance_epsilon = 1e-9;    ///< chefer, lrp: added to every denominator whatever its sign
};

}  // namespace pellucid::propagate
