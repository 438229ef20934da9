#pragma once

#include <string>
#include <vector>

#include <pellucid/comparison.hpp>

#include "render/terminal.hpp"

namespace pellucid {

/// How far the methods agree, and the areas under their deletion curves, to read in a terminal below the summaries of
/// the explanations.
[[nodiscard]] std::string render_comparison_terminal(const std::vector<Explanation>& explanations,
                                                     const Comparison& comparison, const TerminalOptions& options = {});

}  // namespace pellucid
