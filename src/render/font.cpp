#include "render/font.hpp"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "render/embedded.hpp"
#include "render/text.hpp"

namespace pellucid::render {
namespace {

/// FreeType's fixed point: 26.6 for outlines, 16.16 for linear advances.
constexpr double kOutlineUnit = 64, kAdvanceUnit = 65536;

double strong_extra(const TextStyle& style) { return style.strong ? style.size / 26.0 : 0; }

}  // namespace

struct Font::Face {
  FT_Library library = nullptr;
  FT_Face face = nullptr;

  ~Face() {
    FT_Done_Face(face);
    FT_Done_FreeType(library);
  }

  /// Loads the outline of a character; false where FreeType has none.
  [[nodiscard]] bool load(char32_t point, const TextStyle& style) const {
    if (FT_Set_Pixel_Sizes(face, 0, static_cast<FT_UInt>(style.size)) != 0) return false;
    return FT_Load_Glyph(face, FT_Get_Char_Index(face, point), FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP) == 0;
  }

  [[nodiscard]] double advance(const TextStyle& style) const {
    return static_cast<double>(face->glyph->linearHoriAdvance) / kAdvanceUnit + strong_extra(style) / 2;
  }
};

Font::Font() : face_(std::make_unique<Face>()) {
  const auto file = font_file();
  PELLUCID_ASSERT(FT_Init_FreeType(&face_->library) == 0);
  PELLUCID_ASSERT(FT_New_Memory_Face(face_->library, reinterpret_cast<const FT_Byte*>(file.data()),
                                     static_cast<FT_Long>(file.size()), 0, &face_->face) == 0);
}

Font::~Font() = default;

double Font::width(std::string_view text, const TextStyle& style) const {
  double sum = 0;
  for (const char32_t point : decode_utf8(text)) {
    if (face_->load(point, style)) sum += face_->advance(style);
  }
  return sum;
}

std::string Font::fitted(std::string_view text, const TextStyle& style, double width) const {
  std::u32string points = decode_utf8(text);
  const double ellipsis = this->width("…", style);
  double used = 0;
  std::size_t fitting = 0;  // characters that leave room for the ellipsis
  for (const char32_t point : points) {
    if (face_->load(point, style)) used += face_->advance(style);
    if (used > width) break;
    fitting += used + ellipsis <= width ? 1 : 0;
  }
  if (used > width) {
    points.resize(fitting);
    while (!points.empty() && points.back() == U' ') points.pop_back();
    points.push_back(U'…');
  }
  return encode_utf8(points);
}

std::vector<std::string> Font::broken(std::string_view text, const TextStyle& style, double width) const {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word(text.substr(at, end - at));
    at = end + 1;
    const std::string longer = line.empty() ? word : line + " " + word;
    if (!line.empty() && this->width(longer, style) > width) {
      lines.push_back(fitted(line, style, width));
      line = word;
    } else {
      line = longer;
    }
  }
  if (!line.empty()) lines.push_back(fitted(line, style, width));
  return lines;
}

void Font::draw(Canvas& canvas, double left, std::int64_t baseline, std::string_view text,
                const TextStyle& style) const {
  for (const char32_t point : decode_utf8(text)) {
    if (!face_->load(point, style)) continue;
    FT_GlyphSlot slot = face_->face->glyph;
    const double whole = std::floor(left);
    FT_Outline_Translate(&slot->outline, std::lround((left - whole) * kOutlineUnit), 0);
    if (style.strong) FT_Outline_Embolden(&slot->outline, std::lround(strong_extra(style) * kOutlineUnit));
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) == 0) {
      const FT_Bitmap& bitmap = slot->bitmap;
      for (std::int64_t y = 0; y < bitmap.rows; ++y) {
        for (std::int64_t x = 0; x < bitmap.width; ++x) {
          canvas.blend(static_cast<std::int64_t>(whole) + slot->bitmap_left + x, baseline - slot->bitmap_top + y,
                       style.colour, bitmap.buffer[y * bitmap.pitch + x] / 255.0);
        }
      }
    }
    left += face_->advance(style);
  }
}

}  // namespace pellucid::render
