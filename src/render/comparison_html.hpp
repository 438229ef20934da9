#pragma once

#include <string>
#include <vector>

#include <pellucid/comparison.hpp>

#include "render/html.hpp"

namespace pellucid {

/// One page that needs no network and no other file: for every input and target the panels of all methods, how far they
/// agree, and how the explained score falls where each one's strongest places are removed. Inputs, targets and methods
/// can be left out of sight. `entries`: of the same inputs and targets, in the order that `comparison` was made of.
/// Methods whose scores have no form that can be shown are named with the reason.
///
/// Throws Error{kUsage} where there are no entries or on a wrong option, Error{kUnsupported} where nothing can be
/// shown.
[[nodiscard]] std::string render_comparison_html(const std::vector<HtmlEntry>& entries, const Comparison& comparison,
                                                 const std::string& title, const OverlayOptions& options = {},
                                                 TextColours text_colours = TextColours::kRedBlue);

}  // namespace pellucid
