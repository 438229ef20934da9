#pragma once

#include <string>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/parameters.hpp"

namespace pellucid::cli {

/// The help of the tool: usage, commands, options in their groups, examples, exit statuses.
[[nodiscard]] std::string tool_help(const Parameters& parameters);

/// The help of one command: usage, options in their groups, examples.
[[nodiscard]] std::string command_help(const Command& command, const Parameters& parameters);

}  // namespace pellucid::cli
