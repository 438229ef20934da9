#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/man_page.hpp"

namespace pellucid::cli {
namespace {

std::function<int()> declare(Parameters& /*parameters*/, const GlobalOptions& global) {
  return [&global] {
    Console(global.quiet).print(man_page(tool_outline()));
    return 0;
  };
}

}  // namespace

Command man_command() {
  return {"man", "The manual page in the format of man", R"(
  pellucid man | man -l -)",
          declare, true};
}

}  // namespace pellucid::cli
