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
#include "base/check.hpp"

namespace pellucid::cli {
namespace {

constexpr const char* kDescription = "Explains which parts of its input made a Transformer predict what it predicts.";
constexpr const char* kFirstSteps = R"(Examples:
  pellucid demo
  pellucid explain --model my-vit --image cat.jpg -o cat.png -o cat.html
  pellucid explain --model my-vit --image cat.jpg --target logit:tabby --method attcat
  pellucid explain --help

Exit status: 0 done, 1 a check failed, 2 wrong command line, 3 bad input or model file,
4 not supported, 70 a bug in pellucid, 130 interrupted.)";

/// The tool's parsers and what they fill.
struct Parsers {
  CLI::App root{kDescription, "pellucid"};
  GlobalOptions global;
  std::vector<CLI::App*> apps;
  std::vector<std::function<int()>> runs;
};

std::unique_ptr<Parsers> make_parsers() {
  auto parsers = std::make_unique<Parsers>();
  CLI::App& root = parsers->root;
  root.allow_extras();
  root.set_version_flag(
      "--version", [] { return fmt::format("pellucid {}\nONNX Runtime {}", version(), runtime_version()); },
      "Versions of pellucid and of ONNX Runtime");
  root.footer(kFirstSteps);
  parsers->global.declare(root);
  for (const Command& command : commands()) {
    CLI::App* app = root.add_subcommand(command.name, command.summary)->group("Commands");
    app->allow_extras(false);
    app->footer(std::string("Examples:") + command.examples);
    parsers->runs.push_back(command.declare(*app, parsers->global));
    parsers->global.declare(*app);
    parsers->apps.push_back(app);
  }
  return parsers;
}

/// Says what is wrong where no command, or something before it, was understood.
[[noreturn]] void refuse_words(const CLI::App& root) {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
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

int parse_and_run(int argc, const char* const* argv) {
  const auto parsers = make_parsers();
  const CLI::App* chosen = &parsers->root;
  try {
    parsers->root.parse(argc, argv);
  } catch (const CLI::CallForVersion& wanted) {
    Console(false).print(std::string(wanted.what()) + "\n");
    return 0;
  } catch (const CLI::ParseError& error) {
    for (const CLI::App* app : parsers->apps) {
      if (app->parsed() > 0) chosen = app;
    }
    if (error.get_exit_code() != 0 && !parsers->root.remaining().empty()) refuse_words(parsers->root);
    if (error.get_exit_code() != 0) fail_to_parse(*chosen, error);
    Console(false).print(help_text(*chosen));
    return 0;
  }
  for (std::size_t i = 0; i < parsers->apps.size(); ++i) {
    if (parsers->apps[i]->parsed() > 0 && parsers->root.remaining().empty()) return parsers->runs[i]();
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
    return report(error.code(), error.code() == ErrorCode::kInterrupted ? "interrupted" : error.what());
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
