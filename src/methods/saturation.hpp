#pragma once

#include <string>
#include <vector>

#include "methods/context.hpp"

namespace pellucid::methods {

/// The Tanh nodes between the last block and the target, those of a pooler, that the walk passed: what they pass on
/// may be all of the answer and have no gradient.
[[nodiscard]] std::vector<graph::NodeId> head_gates(const Context& context);

/// How much of what the gates pass on their gradient tells of, Σ |c ⊙ z ⊙ (1 − tanh² z)| / Σ |c ⊙ tanh z|, c what the
/// walk brought to tanh z: [K, B]. 1 where tanh is a straight line, 0 where it is flat. kNone without gates.
[[nodiscard]] graph::ValueId gradient_share(Context& context, const std::vector<graph::NodeId>& gates);

}  // namespace pellucid::methods
