#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "render/canvas.hpp"

namespace pellucid::render {

struct TextStyle {
  int size = 14;  ///< pixels
  Rgb colour;
  bool strong = false;
};

/// Draws UTF-8 text in the embedded DejaVu Sans: Latin, Greek, Cyrillic and more, but no East Asian scripts, whose
/// characters appear as boxes. One object is for one thread.
class Font {
 public:
  Font();
  ~Font();
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  [[nodiscard]] double width(std::string_view text, const TextStyle& style) const;
  /// The text, cut with "…" where it is wider than `width` pixels.
  [[nodiscard]] std::string fitted(std::string_view text, const TextStyle& style, double width) const;
  /// The text in lines of at most `width` pixels, broken between words; a longer word is cut with "…".
  [[nodiscard]] std::vector<std::string> broken(std::string_view text, const TextStyle& style, double width) const;
  /// `baseline` is the row that letters stand on.
  void draw(Canvas& canvas, double left, std::int64_t baseline, std::string_view text, const TextStyle& style) const;

 private:
  struct Face;
  std::unique_ptr<Face> face_;
};

}  // namespace pellucid::render
