#include "render/terminal_page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "render/display_width.hpp"

namespace pellucid::render {

void Page::line(const std::string& text, int style) {
  const std::string shown = fit_width(text, static_cast<std::size_t>(std::max(10, options_.width)));
  text_ += options_.colour && style != 0 ? fmt::format("\x1b[{}m{}{}\n", style, shown, kPlain) : shown + "\n";
}

void Page::lines_as_they_are(const std::vector<std::string>& lines) {
  for (const auto& line : lines) text_ += "  " + line + "\n";
}

void Page::paragraph(const std::string& mark, const std::string& text, int style) {
  const std::string indent(display_width(mark), ' ');
  std::string current = mark;
  bool empty = true;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    if (!empty && display_width(current) + 1 + display_width(word) > static_cast<std::size_t>(options_.width)) {
      line(current, style);
      current = indent;
      empty = true;
    }
    current += (empty ? "" : " ") + word;
    empty = false;
  }
  line(current, style);
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, display_width(text)), ' ') + text;
}

}  // namespace pellucid::render
