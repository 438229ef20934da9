#pragma once

#include <string>
#include <vector>

#include "apps/pellucid/command.hpp"
#include "apps/pellucid/parameters.hpp"

namespace pellucid::cli {

inline constexpr const char* kToolDescription =
    "Explains which parts of its input made a Transformer predict what it predicts.";
inline constexpr const char* kToolExamples = R"(
  pellucid demo
  pellucid explain --model my-vit --image cat.jpg -o cat.png -o cat.html
  pellucid explain --model my-vit --image cat.jpg --target logit:tabby --method attcat
  pellucid explain --help)";
inline constexpr const char* kExitStatus =
    "0 done, 1 a check failed, 2 wrong command line, 3 bad input or model file,\n"
    "4 not supported, 70 a bug in pellucid, 130 interrupted.";

/// "-o, --output FILE".
[[nodiscard]] std::string shown_name(const Parameter& parameter);

/// "pellucid explain --model DIR|FILE [options]", with `start` before the words that are no free options.
[[nodiscard]] std::string usage_line(const std::string& start, const std::vector<Parameter>& parameters);

/// The help of the tool: usage, commands, options in their groups, examples, exit statuses.
[[nodiscard]] std::string tool_help(const Parameters& parameters);

/// The help of one command: usage, options in their groups, examples.
[[nodiscard]] std::string command_help(const Command& command, const Parameters& parameters);

}  // namespace pellucid::cli
