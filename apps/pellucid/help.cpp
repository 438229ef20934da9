#include "apps/pellucid/help.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/pellucid/console.hpp"
#include "apps/pellucid/table.hpp"
#include "render/text.hpp"

namespace pellucid::cli {
namespace {

constexpr std::size_t kOptionColumn = 30, kCommandColumn = 12;

/// A name and what it means, which is broken into lines from `column` on.
std::string entry(const std::string& name, const std::string& meaning, std::size_t column) {
  const auto width = static_cast<std::size_t>(Console::width());
  const std::string indent(column, ' ');
  const std::string text = wrapped(meaning, width - column, indent);
  const std::string left = "  " + name;
  if (render::text_length(left) + 2 > column) return left + "\n" + indent + text + "\n";
  return left + std::string(column - render::text_length(left), ' ') + text + "\n";
}

/// "-o, --output FILE".
std::string option_name(const CLI::Option& option) {
  std::string name;
  for (const std::string& letter : option.get_snames()) name += (name.empty() ? "-" : ", -") + letter;
  for (const std::string& word : option.get_lnames()) name += (name.empty() ? "--" : ", --") + word;
  std::string type = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
  type.resize(std::min(type.find(':'), type.size()));  // what CLI11's validators add
  if (option.get_positional()) return type;
  return type.empty() ? name : name + " " + type;
}

std::string usage(const CLI::App& app) {
  std::string line = "Usage: " + (app.get_parent() != nullptr ? "pellucid " + app.get_name() : app.get_name());
  if (app.get_parent() == nullptr) line += " COMMAND";
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) line += " [" + option_name(*option) + "]";
    if (option->get_required()) line += " " + option_name(*option);
  }
  return line + " [options]\n";
}

}  // namespace

std::string help_text(const CLI::App& app) {
  std::string text = app.get_description() + "\n\n" + usage(app);
  const bool root = app.get_parent() == nullptr;
  if (root) {
    text += "\nCommands:\n";
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      text += entry(command->get_name(), command->get_description(), kCommandColumn);
    }
  }
  std::vector<std::string> groups;
  for (const CLI::Option* option : app.get_options()) {
    if (std::find(groups.begin(), groups.end(), option->get_group()) == groups.end()) {
      groups.push_back(option->get_group());
    }
  }
  for (const std::string& group : groups) {
    text += "\n" + group + ":\n";
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() == group) text += entry(option_name(*option), option->get_description(), kOptionColumn);
    }
  }
  return text + "\n" + app.get_footer() + "\n";
}

}  // namespace pellucid::cli
