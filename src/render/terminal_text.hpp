#pragma once

#include <pellucid/explanation.hpp>

#include "render/terminal_page.hpp"
#include "render/text_scores.hpp"

namespace pellucid::render {

/// One text: for every target the text itself, coloured or with marks, what the colours mean, the strongest words and
/// the special tokens with their numbers.
void write_text(Page& page, const TextScores& scores, const Explanation& explanation, std::int64_t sample,
                const TerminalOptions& options);

}  // namespace pellucid::render
