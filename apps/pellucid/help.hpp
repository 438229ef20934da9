#pragma once

#include <string>

namespace CLI {
class App;
}

namespace pellucid::cli {

/// The help of the tool or of one command: usage, options in their groups, commands, examples.
[[nodiscard]] std::string help_text(const CLI::App& app);

}  // namespace pellucid::cli
