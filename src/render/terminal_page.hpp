#pragma once

#include <string>
#include <vector>

#include "render/terminal.hpp"

namespace pellucid::render {

/// Collects lines, no text of them wider than the terminal.
class Page {
 public:
  explicit Page(const TerminalOptions& options) : options_(options) {}

  /// `style` is a parameter of the escape "select graphic rendition": 1 bold, 2 faint.
  void line(const std::string& text, int style = 0);
  /// Lines with escapes of their own, indented by two cells.
  void lines_as_they_are(const std::vector<std::string>& lines);
  /// A text of any length, broken between words.
  void paragraph(const std::string& mark, const std::string& text, int style = 0);
  void gap() { text_ += "\n"; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  TerminalOptions options_;
  std::string text_;
};

/// Right-aligned in `width` cells.
[[nodiscard]] std::string padded(const std::string& text, std::size_t width);

}  // namespace pellucid::render
