#include "apps/pellucid/help.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "apps/pellucid/console.hpp"
#include "apps/pellucid/table.hpp"
#include "render/text.hpp"

namespace pellucid::cli {
namespace {

constexpr std::size_t kOptionColumn = 30, kCommandColumn = 14;

/// A name and what it means, which is broken into lines from `column` on.
std::string entry(const std::string& name, const std::string& meaning, std::size_t column) {
  const auto width = static_cast<std::size_t>(Console::width());
  const std::string indent(column, ' ');
  const std::string text = wrapped(meaning, width - column, indent);
  const std::string left = "  " + name;
  if (render::text_length(left) + 2 > column) return left + "\n" + indent + text + "\n";
  return left + std::string(column - render::text_length(left), ' ') + text + "\n";
}

std::string usage(const std::string& start, const Parameters& parameters) {
  return "Usage: " + usage_line(start, parameters.all()) + "\n";
}

/// The options under the headings of their groups.
std::string options_text(const Parameters& parameters) {
  std::vector<std::string> groups;
  for (const Parameter& parameter : parameters.all()) {
    if (std::find(groups.begin(), groups.end(), parameter.group) == groups.end()) groups.push_back(parameter.group);
  }
  std::string text;
  for (const std::string& group : groups) {
    text += "\n" + group + ":\n";
    for (const Parameter& parameter : parameters.all()) {
      if (parameter.group == group) text += entry(shown_name(parameter), parameter.help, kOptionColumn);
    }
  }
  return text;
}

}  // namespace

std::string shown_name(const Parameter& parameter) {
  if (is_positional(parameter)) return parameter.value;
  std::string name = parameter.name;
  if (const std::size_t comma = name.find(','); comma != std::string::npos) name.insert(comma + 1, 1, ' ');
  return parameter.value.empty() ? name : name + " " + parameter.value;
}

std::string usage_line(const std::string& start, const std::vector<Parameter>& parameters) {
  std::string line = start;
  for (const Parameter& parameter : parameters) {
    const std::string name = shown_name(parameter);
    if (parameter.required)
      line += " " + name;
    else if (is_positional(parameter))
      line += " [" + name + "]";
  }
  return line + " [options]";
}

std::string tool_help(const Parameters& parameters) {
  std::string text = std::string(kToolDescription) + "\n\n" + usage("pellucid COMMAND", parameters) + "\nCommands:\n";
  for (const Command& command : commands())
    if (!command.hidden) text += entry(command.name, command.summary, kCommandColumn);
  return text + options_text(parameters) + "\nExamples:" + kToolExamples + "\n\nExit status: " + kExitStatus + "\n";
}

std::string command_help(const Command& command, const Parameters& parameters) {
  return std::string(command.summary) + "\n\n" + usage(std::string("pellucid ") + command.name, parameters) +
         options_text(parameters) + "\nExamples:" + command.examples + "\n";
}

}  // namespace pellucid::cli
