#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "render/terminal.hpp"

namespace pellucid::cli {

/// Standard output was closed by its reader (`pellucid methods | head -1`): a reason to stop, not an error.
struct OutputClosed {};

/// Where text goes: results to standard output, messages to standard error.
class Console {
 public:
  explicit Console(bool quiet) : quiet_(quiet) {}

  /// Writes a result. Throws OutputClosed, or Error{kBadInput} where it can't be written (disk full).
  void print(std::string_view text) const;
  /// Writes one JSON document, indented, or on a single line where it may be long.
  void print_json(const nlohmann::json& document, bool indented = true) const;
  /// Writes a line for people, nothing with --quiet.
  void message(std::string_view line) const;

  [[nodiscard]] bool quiet() const noexcept { return quiet_; }
  /// Whether standard output is a terminal that wants colour (NO_COLOR is honoured).
  [[nodiscard]] static bool colour();
  /// What standard output can show: colours, how many, and its width.
  [[nodiscard]] static TerminalOptions terminal(TextColours colours = TextColours::kRedBlue);
  /// Characters per line.
  [[nodiscard]] static int width();

 private:
  bool quiet_;
};

/// Bold, faint or plain text, as the terminal allows. 1 bold, 2 faint.
[[nodiscard]] std::string styled(const std::string& text, int style);

/// The text on one line, without what could steer a terminal.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace pellucid::cli
