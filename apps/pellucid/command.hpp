#pragma once

#include <functional>
#include <vector>

#include "apps/pellucid/global_options.hpp"
#include "apps/pellucid/parameters.hpp"

namespace pellucid::cli {

/// One command of the tool: its line in the list, its examples, its options and what it does.
struct Command {
  const char* name;
  const char* summary;
  const char* examples;
  /// Declares the options and returns what is to be run once they are read; that returns the exit status.
  std::function<int()> (*declare)(Parameters& parameters, const GlobalOptions& global);
  bool hidden = false;  ///< not for people: not in the help
};

Command bench_command();
Command compare_command();
Command compile_command();
Command completion_command();
Command concept_command();
Command demo_command();
Command explain_command();
Command inspect_command();
Command man_command();
Command methods_command();
Command predict_command();
Command references_command();
Command verify_command();

/// All commands, in the order of the help.
[[nodiscard]] const std::vector<Command>& commands();

}  // namespace pellucid::cli
