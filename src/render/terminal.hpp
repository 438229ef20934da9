#pragma once

#include <string>

#include <pellucid/explanation.hpp>

namespace pellucid {

struct TerminalOptions {
  bool colour = false;  ///< 24-bit colour escapes; else shades and signs
  int width = 80;       ///< characters per line that maps and text may take
};

/// A summary to read in a terminal: for each sample and target the prediction, the strongest places, a small map of
/// the scores, and the certificate. Text from models and files cannot contain control characters.
/// Throws Error{kUnsupported} where the scores have no form that can be shown.
[[nodiscard]] std::string render_terminal(const Explanation& explanation, const TerminalOptions& options = {});

}  // namespace pellucid
