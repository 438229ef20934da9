#pragma once

#include <string>
#include <vector>

#include "apps/pellucid/parameters.hpp"
#include "apps/pellucid/tool_outline.hpp"

namespace pellucid::cli {

/// Scripts that complete pellucid's command line, written from the tool's own outline.
[[nodiscard]] std::string bash_completion(const ToolOutline& outline);
[[nodiscard]] std::string fish_completion(const ToolOutline& outline);
[[nodiscard]] std::string zsh_completion(const ToolOutline& outline);

/// All names of methods.
[[nodiscard]] std::vector<std::string> completed_methods();

/// What the value of an option can be: its words, methods ("auto", too, but for `pellucid methods`) or rule
/// sets; empty where it is a file or anything else.
[[nodiscard]] std::vector<std::string> completed_words(const Parameter& parameter);

/// "-o", "--output"; empty for a word of its own.
[[nodiscard]] std::vector<std::string> option_names(const Parameter& parameter);

/// The text in single quotes, as zsh and bash read them.
[[nodiscard]] std::string shell_quoted(const std::string& text);

}  // namespace pellucid::cli
