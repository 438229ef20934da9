#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/pellucid/completed_words.hpp"

namespace pellucid::cli {
namespace {

/// The text with a backslash before what ends a part of a specification.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action(const Parameter& parameter) {
  if (parameter.offer == Offer::kFiles) return "_files";
  if (parameter.offer == Offer::kFolders) return "_files -/";
  if (parameter.offer == Offer::kMethodLists) return "_sequence _pellucid_methods";
  const std::vector<std::string> words = completed_words(parameter);
  return words.empty() ? " " : fmt::format("({})", fmt::join(words, " "));
}

/// One line of _arguments for every spelling: '*--image[Pictures]:*-*:FILE:_files'.
std::string specification(const Parameter& parameter, int place) {
  const std::string value = fmt::format("{}:{}", escaped(parameter.value), action(parameter));
  if (is_positional(parameter))
    return fmt::format("        {} \\\n", shell_quoted(fmt::format("{}::{}", place, value)));
  const std::vector<std::string> names = option_names(parameter);
  std::string text;
  for (const std::string& name : names) {
    std::string spec = parameter.repeated ? "*" : (names.size() > 1 ? fmt::format("({})", fmt::join(names, " ")) : "");
    spec += fmt::format("{}[{}]", name, escaped(parameter.help));
    if (!parameter.value.empty()) spec += (parameter.many ? ":*-*:" : ":") + value;
    text += fmt::format("        {} \\\n", shell_quoted(spec));
  }
  return text;
}

std::string arguments(const std::vector<Parameter>& options) {
  std::string text = "_arguments \\\n";
  int place = 0;
  for (const Parameter& option : options) text += specification(option, is_positional(option) ? ++place : 0);
  return text;
}

}  // namespace

std::string zsh_completion(const ToolOutline& outline) {
  std::string commands, cases;
  for (const CommandOutline& each : outline.commands) {
    commands += fmt::format("        {}\n",
                            shell_quoted(fmt::format("{}:{}", each.command.name, escaped(each.command.summary))));
    cases +=
        fmt::format("    {})\n      {}        && return 0\n      ;;\n", each.command.name, arguments(each.options));
  }
  return fmt::format(
      "#compdef pellucid\n"
      "# Completion for zsh, printed by: pellucid completion zsh\n"
      "_pellucid_methods() {{ compadd \"$@\" - auto {} }}\n\n"
      "_pellucid() {{\n"
      "  local curcontext=\"$curcontext\" state line\n"
      "  local -A opt_args\n"
      "  _arguments -C \\\n{}        '1:command:->command' '*::argument:->argument' && return 0\n"
      "  if [[ $state == command ]]; then\n"
      "    local -a commands=(\n{}    )\n"
      "    _describe -t commands command commands\n"
      "    return\n"
      "  fi\n"
      "  case $words[1] in\n{}  esac\n"
      "  return 1\n"
      "}}\n\n"
      "if [[ $funcstack[1] == _pellucid ]]; then _pellucid \"$@\"; else compdef _pellucid pellucid; fi\n",
      fmt::join(completed_methods(), " "), arguments(outline.options).substr(std::string("_arguments \\\n").size()),
      commands, cases);
}

}  // namespace pellucid::cli
