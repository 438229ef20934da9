#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/pellucid/completed_words.hpp"

namespace pellucid::cli {
namespace {

constexpr const char* kStart = R"(# Completion for bash, printed by: pellucid completion bash
_pellucid_files() {
  compopt -o default -o filenames 2>/dev/null
  local name
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$2")
}

_pellucid() {
  COMPREPLY=()
  # The words by blanks: bash also cuts them at '=', ',' and '@'.
  local line=${COMP_LINE:0:COMP_POINT} command= option= given= i
  local -a words=()
  read -r -a words <<<"$line"
  [[ $line == *[[:blank:]] ]] && words+=("")
  local last=$((${#words[@]} - 1))
  local value=${words[last]} before= offered=
  for ((i = 1; i < last; i++)); do
    if [[ -z $command && " $_pellucid_commands " == *" ${words[i]} "* ]]; then
      command=${words[i]} option=
    elif [[ ${words[i]} == -* ]]; then
      option=${words[i]} given=$i
    fi
  done
  if [[ $value == --*=* ]]; then
    option=${value%%=*} before=${value%%=*}= value=${value#*=}
  elif [[ $value == -* ]]; then
    option=
  elif [[ -n $option && $given -ne $((last - 1)) && " $_pellucid_many " != *" $option "* ]]; then
    option=
  fi
)";

constexpr const char* kEnd = R"(
  local prefix=${words[last]%"$2"} word
  while IFS= read -r word; do
    word=$before$word
    COMPREPLY+=("${word#"$prefix"}")
  done < <(compgen -W "$offered" -- "$value")
}
complete -F _pellucid pellucid
)";

/// What the script does after an option that takes a value.
std::string action(const Parameter& parameter) {
  if (parameter.offer == Offer::kFiles) return "_pellucid_files -f \"$2\"; return";
  if (parameter.offer == Offer::kFolders) return "_pellucid_files -d \"$2\"; return";
  const std::string words =
      fmt::format("offered={}", shell_quoted(fmt::format("{}", fmt::join(completed_words(parameter), " "))));
  if (parameter.offer != Offer::kMethodLists) return words == "offered=''" ? "return" : words;
  return fmt::format(
      R"({}
      [[ $value == *,* ]] && before+=${{value%,*}}, value=${{value##*,}}
      [[ $value == *@* ]] && before+=${{value%@*}}@ value=${{value##*@}} offered=$_pellucid_rules)",
      words);
}

/// The action of every option that takes a value, by its name and the commands that have it so.
using Actions = std::map<std::string, std::map<std::string, std::vector<std::string>>>;

Actions actions_of(const ToolOutline& outline) {
  Actions actions;
  const auto add = [&](const std::string& command, const std::vector<Parameter>& options) {
    for (const Parameter& option : options)
      for (const std::string& name : option_names(option))
        if (!option.value.empty()) actions[name][action(option)].push_back(command);
  };
  add("", outline.options);
  for (const CommandOutline& each : outline.commands) add(each.command.name, each.options);
  return actions;
}

/// A case for every action. Most options mean the same wherever they stand.
std::string value_cases(const ToolOutline& outline) {
  std::map<std::string, std::vector<std::string>> patterns;
  for (const auto& [name, actions] : actions_of(outline))
    for (const auto& [what, commands] : actions) {
      if (actions.size() == 1) patterns[what].push_back(fmt::format("*\" {}\"", name));
      for (const std::string& command : commands)
        if (actions.size() > 1) patterns[what].push_back(fmt::format("\"{} {}\"", command, name));
    }
  std::string text;
  for (const auto& [what, options] : patterns)
    text += fmt::format("    {})\n      {} ;;\n", fmt::join(options, " | "), what);
  return text;
}

/// The options and words of a command, or of the tool, each with a blank behind it.
std::string offered(const std::vector<Parameter>& options) {
  std::string text;
  for (const Parameter& option : options) {
    if (is_positional(option)) text += fmt::format("{} ", fmt::join(completed_words(option), " "));
    for (const std::string& name : option_names(option)) text += name + " ";
  }
  return text;
}

std::string command_cases(const ToolOutline& outline) {
  std::string text = fmt::format("    \" \"*) offered=\"$_pellucid_commands {}\" ;;\n", offered(outline.options));
  for (const CommandOutline& each : outline.commands)
    text += fmt::format("    \"{} \"*) offered='{}' ;;\n", each.command.name, offered(each.options));
  return text;
}

}  // namespace

std::string bash_completion(const ToolOutline& outline) {
  std::vector<std::string> commands, many;
  for (const CommandOutline& each : outline.commands) {
    commands.emplace_back(each.command.name);
    for (const Parameter& option : each.options)
      if (option.many && std::find(many.begin(), many.end(), option.name) == many.end()) many.push_back(option.name);
  }
  const std::string words =
      fmt::format("  local _pellucid_commands='{}'\n  local _pellucid_many='{}'\n  local _pellucid_rules='{}'\n",
                  fmt::join(commands, " "), fmt::join(many, " "),
                  fmt::join(completed_words({.name = "--rules", .offer = Offer::kRuleSets}), " "));
  std::string start = kStart;
  const std::string_view opening = "  COMPREPLY=()\n";
  start.insert(start.find(opening) + opening.size(), words);
  return start + "  case \"$command $option\" in\n" + value_cases(outline) + command_cases(outline) + "  esac" + kEnd;
}

}  // namespace pellucid::cli
