#pragma once

#include <string>

#include <pellucid/explanation.hpp>

#include "render/ansi.hpp"
#include "render/text_palette.hpp"

namespace pellucid {

struct TerminalOptions {
  bool colour = false;  ///< escapes for colour; else shades and signs
  int width = 80;       ///< cells per line that maps and text may take
  ColourDepth depth = ColourDepth::kTrue;
  TextColours text_colours = TextColours::kRedBlue;
  bool dark = true;         ///< texts stand on dark paper, else on white
  bool pieces = false;      ///< texts are coloured token by token, else word by word
  bool own_scales = false;  ///< every text has a scale of its own, else all have one
};

/// A summary to read in a terminal: for each sample and target the prediction, the strongest places or words, a small
/// map of the scores or the text itself, and the certificate. Text from models and files cannot contain control
/// characters. Throws Error{kUnsupported} where the scores have no form that can be shown.
[[nodiscard]] std::string render_terminal(const Explanation& explanation, const TerminalOptions& options = {});

}  // namespace pellucid
