#pragma once

#include <string>

namespace pellucid {

/// Which operators each rule set passes, as JSON text, alphabetically: the operator and what it is refused for, where
/// no rule set passes it; else per rule set its rules in the order in which they are tried: name, formula, how ("own"
/// of the rule set, "gradient": the ordinary gradient's, "zero": nothing flows back), and whether it is for some roles
/// only.
[[nodiscard]] std::string operator_table();

}  // namespace pellucid
