#pragma once

#include <string>

#include "apps/pellucid/tool_outline.hpp"

namespace pellucid::cli {

/// pellucid(1) in the macros of man: every command with its options and examples.
[[nodiscard]] std::string man_page(const ToolOutline& outline);

}  // namespace pellucid::cli
