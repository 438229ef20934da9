#include <memory>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/completed_words.hpp"
#include "apps/pellucid/console.hpp"

namespace pellucid::cli {
namespace {

int run(const std::string& shell, const GlobalOptions& global) {
  const ToolOutline outline = tool_outline();
  const std::string script = shell == "bash"   ? bash_completion(outline)
                             : shell == "fish" ? fish_completion(outline)
                                               : zsh_completion(outline);
  Console(global.quiet).print(script);
  return 0;
}

std::function<int()> declare(Parameters& parameters, const GlobalOptions& global) {
  const auto shell = std::make_shared<std::string>();
  parameters.choice(*shell, {.name = "shell",
                             .value = "SHELL",
                             .help = "bash, fish or zsh",
                             .required = true,
                             .words = {"bash", "fish", "zsh"}});
  return [shell, &global] { return run(*shell, global); };
}

}  // namespace

Command completion_command() {
  return {"completion", "A script that completes this tool's command line in a shell", R"(
  source <(pellucid completion bash)
  pellucid completion zsh > ~/.zfunc/_pellucid
  pellucid completion fish > ~/.config/fish/completions/pellucid.fish)",
          declare};
}

}  // namespace pellucid::cli
