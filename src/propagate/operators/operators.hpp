#pragma once

#include <string>
#include <vector>

#include "propagate/step.hpp"

namespace pellucid::propagate::operators {

/// How the ordinary gradient passes one operator. `apply` is null where the derivative is zero everywhere or the
/// operator's inputs are not differentiable (comparisons, indices, shapes).
struct Gradient {
  std::string op;  ///< ONNX operator name (domain "" = ai.onnx)
  void (*apply)(Step&) = nullptr;
  std::string formula;  ///< one line, for `inspect` and the docs
};

/// All operators that the gradient passes, alphabetically.
[[nodiscard]] const std::vector<Gradient>& gradients();

/// An operator of ONNX that no rule set passes, and why.
struct Refused {
  std::string op, why;
};

/// What is known to be refused, alphabetically. Operators that stand in neither list are refused without a reason.
[[nodiscard]] const std::vector<Refused>& refused();

}  // namespace pellucid::propagate::operators
