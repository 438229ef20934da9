#pragma once

#include <vector>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/global_options.hpp"
#include "apps/pellucid/parameters.hpp"

namespace pellucid::cli {

/// A command with its options, in the order of its help.
struct CommandOutline {
  Command command;
  std::vector<Parameter> options;
};

/// The tool as data: what the man page and the completions are written from.
struct ToolOutline {
  std::vector<Parameter> options;  ///< understood before a command
  std::vector<CommandOutline> commands;
};

/// Declares what the tool understands before a command.
void declare_tool(Parameters& parameters, GlobalOptions& global);

/// The commands that are for people, with everything that they declare.
[[nodiscard]] ToolOutline tool_outline();

}  // namespace pellucid::cli
