#include "apps/pellucid/man_page.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <pellucid/model.hpp>

#include "apps/pellucid/help.hpp"

namespace pellucid::cli {
namespace {

constexpr const char* kEnvironment = R"(.SH ENVIRONMENT
.TP
.B PELLUCID_PROGRAM_CACHE
Folder of compiled programs (default: pellucid in $XDG_CACHE_HOME, else ~/.cache/pellucid).
.TP
.B PELLUCID_DEMO
Folder of the demonstration's models.
.TP
.B NO_COLOR
Where it is set and not empty, the terminal gets no colours.
.SH FILES
.TP
.B pellucid.json
Beside a model: names of the parts of its graph that aren't found.
)";

/// Text as roff reads it: dashes that can be copied, no escapes, no line that begins with a control character.
std::string roff(const std::string& text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    at_start = c == '\n';
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string entry(const std::string& name, const std::string& meaning) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(name), roff(meaning));
}

/// The options of the group.
std::string entries(const std::vector<Parameter>& options, const std::string& group) {
  std::string text;
  for (const Parameter& option : options)
    if (option.group == group) text += entry(shown_name(option), option.help);
  return text;
}

/// All groups of a command but for the options that every command has.
std::string groups(const std::vector<Parameter>& options) {
  std::vector<std::string> done = {kGeneralGroup};
  std::string text;
  for (const Parameter& option : options) {
    if (std::find(done.begin(), done.end(), option.group) != done.end()) continue;
    done.push_back(option.group);
    text += fmt::format(".SS {}\n{}", roff(option.group), entries(options, option.group));
  }
  return text;
}

/// Lines that keep their form; indented ones lose two blanks.
std::string example(const std::string& lines) {
  std::string text;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    const std::string line = lines.substr(at, end - at);
    if (!line.empty()) text += roff(line.starts_with("  ") ? line.substr(2) : line) + "\n";
    at = end + 1;
  }
  return ".EX\n" + text + ".EE\n";
}

std::string command_section(const CommandOutline& each) {
  const std::string usage = usage_line(std::string("pellucid ") + each.command.name, each.options);
  return fmt::format(".SH {}\n{}.\n.PP\n.EX\n{}\n.EE\n{}.SS Examples\n{}", upper(each.command.name),
                     roff(each.command.summary), roff(usage), groups(each.options), example(each.command.examples));
}

}  // namespace

std::string man_page(const ToolOutline& outline) {
  std::string text = fmt::format(
      ".TH PELLUCID 1 \"\" \"pellucid {}\" \"User Commands\"\n"
      ".SH NAME\npellucid \\- explains what a Transformer predicts, from its ONNX file\n"
      ".SH SYNOPSIS\n.B pellucid\n.I COMMAND\n[options]\n"
      ".SH DESCRIPTION\n{}\nIt reads a model as it is deployed, an ONNX file, compiles the explanation into that "
      "graph, and has "
      "ONNX Runtime run the result.\n.SS Commands\n",
      version(), roff(kToolDescription));
  for (const CommandOutline& each : outline.commands) text += entry(each.command.name, each.command.summary);
  text += ".SH OPTIONS\n" + entries(outline.options, "Options");
  text += fmt::format(".SS {} (of every command)\n{}", kGeneralGroup, entries(outline.options, kGeneralGroup));
  for (const CommandOutline& each : outline.commands) text += command_section(each);
  text += fmt::format(".SH EXAMPLES\n{}.SH EXIT STATUS\n{}\n", example(kToolExamples), roff(kExitStatus));
  return text + kEnvironment;
}

}  // namespace pellucid::cli
