#include "apps/pellucid/application.hpp"

#include <exception>
#include <memory>
#include <new>

#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/console.hpp"
#include "apps/pellucid/help.hpp"
#include "apps/pellucid/interrupts.hpp"
#include "apps/pellucid/parameters.hpp"
#include "apps/pellucid/tool_outline.hpp"
#include "base/check.hpp"

namespace pellucid::cli {
namespace {

/// A command with its parser and what is to be run.
struct CommandParser {
  const Command& command;
  CLI::App& parser;
  Parameters parameters;
  std::function<int()> run;
};

/// The tool's parsers and what they fill.
struct Parsers {
  CLI::App root{"", "pellucid"};
  Parameters parameters{root};
  GlobalOptions global;
  std::vector<CommandParser> commands;
};

CommandParser make_parser(CLI::App& root, const Command& command, GlobalOptions& global) {
  CLI::App& parser = *root.add_subcommand(command.name);
  parser.allow_extras(false);
  Parameters parameters(parser);
  auto run = command.declare(parameters, global);
  global.declare(parameters);
  return {command, parser, std::move(parameters), std::move(run)};
}

std::unique_ptr<Parsers> make_parsers() {
  auto parsers = std::make_unique<Parsers>();
  parsers->root.allow_extras();
  declare_tool(parsers->parameters, parsers->global);
  for (const Command& command : commands()) {
    parsers->commands.push_back(make_parser(parsers->root, command, parsers->global));
  }
  return parsers;
}

/// Says what is wrong where no command, or something before it, was understood.
[[noreturn]] void refuse_words(const CLI::App& root) {
  std::vector<std::string> names;
  for (const Command& command : commands())
    if (!command.hidden) names.emplace_back(command.name);
  const std::vector<std::string> rest = root.remaining();
  PELLUCID_CHECK(rest.empty() || !rest.front().starts_with('-'), kUsage,
                 "there is no option '{}' before the command: see 'pellucid --help'", rest.front());
  PELLUCID_CHECK(rest.empty(), kUsage, "there is no command '{}': the commands are {}", rest.front(),
                 fmt::join(names, ", "));
  fail(ErrorCode::kUsage, "a command is missing: one of {}; 'pellucid demo' shows what the tool does",
       fmt::join(names, ", "));
}

/// What is wrong with the command line, and where help is.
[[noreturn]] void fail_to_parse(const CLI::App& app, const CLI::ParseError& error) {
  const std::string name = app.get_parent() == nullptr ? "pellucid" : "pellucid " + app.get_name();
  const std::vector<std::string> unknown = app.remaining();
  PELLUCID_CHECK(unknown.empty(), kUsage, "'{}' is not known here; see '{} --help'", unknown.front(), name);
  fail(ErrorCode::kUsage, "{}; see '{} --help'", error.what(), name);
}

/// The help that was asked for: of the command that was named, or of the tool.
std::string help_text(const Parsers& parsers, const CommandParser* chosen) {
  return chosen != nullptr ? command_help(chosen->command, chosen->parameters) : tool_help(parsers.parameters);
}

int parse_and_run(int argc, const char* const* argv) {
  const auto parsers = make_parsers();
  const CommandParser* chosen = nullptr;
  try {
    parsers->root.parse(argc, argv);
  } catch (const CLI::CallForVersion& wanted) {
    Console(false).print(std::string(wanted.what()) + "\n");
    return 0;
  } catch (const CLI::ParseError& error) {
    for (const CommandParser& command : parsers->commands) {
      if (command.parser.parsed() > 0) chosen = &command;
    }
    if (error.get_exit_code() != 0 && !parsers->root.remaining().empty()) refuse_words(parsers->root);
    if (error.get_exit_code() != 0) fail_to_parse(chosen != nullptr ? chosen->parser : parsers->root, error);
    Console(false).print(help_text(*parsers, chosen));
    return 0;
  }
  for (const CommandParser& command : parsers->commands) {
    if (command.parser.parsed() > 0 && parsers->root.remaining().empty()) return command.run();
  }
  refuse_words(parsers->root);
}

int report(ErrorCode code, std::string_view text) {
  const std::string line = "pellucid: error: " + one_line(text);
  fmt::print(stderr, "{}\n", line);
  return static_cast<int>(code);
}

}  // namespace

int run(int argc, const char* const* argv) {
  handle_signals();
  try {
    return parse_and_run(argc, argv);
  } catch (const Error& error) {
    // The runtime's own words on an interruption say nothing; a method's say how far it came.
    const bool bare = error.code() == ErrorCode::kInterrupted && std::string(error.what()).rfind("interrupted", 0) != 0;
    return report(error.code(), bare ? "interrupted" : error.what());
  } catch (const OutputClosed&) {
    return 0;
  } catch (const std::bad_alloc&) {
    return report(ErrorCode::kUnsupported,
                  "there is not enough memory: give fewer inputs or targets at a time, or a limit with --memory");
  } catch (const std::exception& error) {
    return report(ErrorCode::kInternal, fmt::format("internal: {}", error.what()));
  }
}

}  // namespace pellucid::cli
