#pragma once

#include <string>
#include <vector>

#include "propagate/rule_options.hpp"
#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// The rule set of that name ("gradient", …); throws Error{kUsage} listing the known ones.
[[nodiscard]] RuleSet make_rule_set(const std::string& name, const RuleOptions& options = {});
[[nodiscard]] const std::vector<std::string>& rule_set_names();

}  // namespace pellucid::propagate
