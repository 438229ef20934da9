#pragma once

#include <string>
#include <vector>

#include "methods/options.hpp"
#include "propagate/rule_options.hpp"

namespace pellucid::methods {

/// The options of a rule set, under the names of docs/options.md; none for those without.
[[nodiscard]] std::vector<OptionSpec> rule_set_options(const std::string& rules);

/// What they say, for the rule set.
[[nodiscard]] propagate::RuleOptions rule_options(const std::string& rules, const ResolvedOptions& options);

}  // namespace pellucid::methods
