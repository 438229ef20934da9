#include "render/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace pellucid::render {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// Bytes of the sequence that this byte starts; 0 where it can't start one.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

bool is_shown(char32_t point) {
  const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
  const bool directs = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  const bool separates = point == 0x2028 || point == 0x2029;
  return !control && !directs && !separates;
}

/// The code point at `text[at]`, which moves on behind it.
char32_t next_point(std::string_view text, std::size_t& at) {
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = sequence_length(byte(at));
  if (length == 0 || at + length > text.size()) return ++at, kReplacement;
  char32_t point = length == 1 ? byte(at) : byte(at) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return ++at, kReplacement;
    point = (point << 6U) | (byte(at + i) & 0x3FU);
  }
  const bool valid = point >= kSmallest[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  at += valid ? length : 1;
  return valid ? point : kReplacement;
}

/// Characters without a picture, but those that shape the text around them: joiners and direction marks.
bool is_hidden(char32_t point) {
  const bool steers = (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F);
  const bool annotates = point >= 0xFFF9 && point <= 0xFFFB;
  const bool tags = point >= 0xE0000 && point <= 0xE007F;
  const bool blank = point == 0xAD || point == 0x180E || point == 0x200B || point == 0xFEFF;
  return steers || annotates || tags || blank || (point >= 0x80 && point < 0xA0);
}

}  // namespace

std::u32string decode_points(std::string_view text) {
  std::u32string points;
  for (std::size_t at = 0; at < text.size();) points.push_back(next_point(text, at));
  return points;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string points = decode_points(text);
  std::replace_if(
      points.begin(), points.end(), [](char32_t point) { return !is_shown(point); }, kReplacement);
  return points;
}

std::string encode_utf8(std::u32string_view text) {
  std::string bytes;
  const auto put = [&](std::uint32_t byte) { bytes.push_back(static_cast<char>(byte)); };
  for (const char32_t point : text) {
    const std::uint32_t p = point;
    if (p < 0x80) {
      put(p);
    } else if (p < 0x800) {
      put(0xC0 | (p >> 6U));
      put(0x80 | (p & 0x3FU));
    } else {
      if (p < 0x10000) {
        put(0xE0 | (p >> 12U));
      } else {
        put(0xF0 | (p >> 18U));
        put(0x80 | ((p >> 12U) & 0x3FU));
      }
      put(0x80 | ((p >> 6U) & 0x3FU));
      put(0x80 | (p & 0x3FU));
    }
  }
  return bytes;
}

std::string clean_text(std::string_view text) { return encode_utf8(decode_utf8(text)); }

std::string valid_text(std::string_view text) { return encode_utf8(decode_points(text)); }

std::string visible_text(std::string_view text, bool lines) {
  std::string shown;
  for (const char32_t point : decode_points(text)) {
    if (point == U'\n' && lines) {
      shown += '\n';
    } else if (point < 0x20 || point == 0x7F) {
      shown += encode_utf8(std::u32string(1, point == 0x7F ? U'\u2421' : 0x2400 + point));
    } else {
      shown += is_hidden(point) ? fmt::format("‹U+{:04X}›", static_cast<std::uint32_t>(point))
                                : encode_utf8(std::u32string(1, point));
    }
  }
  return shown;
}

std::string shortened(std::string_view text, std::size_t length) {
  std::u32string points = decode_utf8(text);
  if (points.size() > length) {
    points.resize(length == 0 ? 0 : length - 1);
    if (length > 0) points.push_back(U'…');
  }
  return encode_utf8(points);
}

std::size_t text_length(std::string_view text) { return decode_utf8(text).size(); }

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k])) : 0U;
    };
    const std::uint32_t group = (byte(0) << 16U) | (byte(1) << 8U) | byte(2);
    for (std::uint32_t k = 0; k < 4; ++k) {
      const bool padding = i + k > bytes.size();
      text.push_back(padding ? '=' : kDigits[(group >> (18 - 6 * k)) & 0x3FU]);
    }
  }
  return text;
}

}  // namespace pellucid::render
