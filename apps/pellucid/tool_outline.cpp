#include "apps/pellucid/tool_outline.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "inputs/tokenizer.hpp"

namespace pellucid::cli {

void declare_tool(Parameters& parameters, GlobalOptions& global) {
  parameters.version_flag({.name = "--version", .help = "Versions of pellucid and of ONNX Runtime"}, [] {
    return fmt::format("pellucid {}\nONNX Runtime {}{}", version(), runtime_version(),
                       Tokenizer::available() ? "" : "\nwithout tokenizers: texts are given as token ids (--inputs)");
  });
  global.declare(parameters);
}

ToolOutline tool_outline() {
  CLI::App root{"", "pellucid"};
  GlobalOptions global;
  Parameters before(root);
  declare_tool(before, global);
  ToolOutline outline{before.all(), {}};
  for (const Command& command : commands()) {
    if (command.hidden) continue;
    Parameters parameters(*root.add_subcommand(command.name));
    static_cast<void>(command.declare(parameters, global));
    global.declare(parameters);
    outline.commands.push_back({command, parameters.all()});
  }
  return outline;
}

}  // namespace pellucid::cli
