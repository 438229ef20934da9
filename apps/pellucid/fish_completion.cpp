#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/pellucid/completed_words.hpp"

namespace pellucid::cli {
namespace {

/// The text in single quotes, as fish reads them.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// What a value can be: -F files, -x words or anything.
std::string action(const Parameter& parameter) {
  if (parameter.value.empty()) return "";
  if (parameter.offer == Offer::kFiles) return " -r -F";
  if (parameter.offer == Offer::kFolders) return " -x -a '(__fish_complete_directories)'";
  if (parameter.offer == Offer::kMethodLists) return " -x -a '(__fish_complete_list , __pellucid_methods)'";
  const std::vector<std::string> words = completed_words(parameter);
  return words.empty() ? " -x" : fmt::format(" -x -a {}", quoted(fmt::format("{}", fmt::join(words, " "))));
}

std::string line(const std::string& condition, const Parameter& parameter) {
  const std::string start = fmt::format("complete -c pellucid -n {}", quoted(condition));
  if (is_positional(parameter)) {
    const std::vector<std::string> words = completed_words(parameter);
    return words.empty() ? "" : fmt::format("{} -a {}\n", start, quoted(fmt::format("{}", fmt::join(words, " "))));
  }
  std::string names;
  for (const std::string& name : option_names(parameter))
    names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return fmt::format("{}{}{} -d {}\n", start, names, action(parameter), quoted(parameter.help));
}

}  // namespace

std::string fish_completion(const ToolOutline& outline) {
  std::string text = fmt::format(
      "# Completion for fish, printed by: pellucid completion fish\n"
      "function __pellucid_methods\n    printf '%s\\n' auto {}\nend\n"
      "complete -c pellucid -f\n",
      fmt::join(completed_methods(), " "));
  constexpr const char* kFirst = "__fish_use_subcommand";
  for (const Parameter& option : outline.options) text += line(kFirst, option);
  for (const CommandOutline& each : outline.commands)
    text += fmt::format("complete -c pellucid -n {} -a {} -d {}\n", kFirst, each.command.name,
                        quoted(each.command.summary));
  for (const CommandOutline& each : outline.commands)
    for (const Parameter& option : each.options)
      text += line(fmt::format("__fish_seen_subcommand_from {}", each.command.name), option);
  return text;
}

}  // namespace pellucid::cli
