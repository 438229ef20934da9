#pragma once

#include <string>

#include "explain/prepared.hpp"

namespace pellucid::explain {

/// What `--method auto` is: FullGrad+ under the rule set libra, the most faithful of a study on real models
/// (docs/which-method.md), certified, about two forward passes.
inline constexpr const char* kAutomaticMethod = "fullgrad-plus";

[[nodiscard]] bool is_automatic(const std::string& method);

/// What to take where that isn't possible on a model: "; --method auto is …, the next choice is --method attcat". It is
/// named and not taken: the user must know what explains. "" where no method works.
[[nodiscard]] std::string next_choice(const Prepared& prepared);

}  // namespace pellucid::explain
