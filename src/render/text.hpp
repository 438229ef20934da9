#pragma once

#include <string>
#include <string_view>

namespace pellucid::render {

/// The code points; what is not UTF-8, and control characters, become U+FFFD, so that a label can neither break an
/// output nor steer a terminal.
[[nodiscard]] std::u32string decode_utf8(std::string_view text);

/// The code points as they are; what is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::u32string decode_points(std::string_view text);

[[nodiscard]] std::string encode_utf8(std::u32string_view text);

/// The text with everything that decode_utf8 refuses replaced.
[[nodiscard]] std::string clean_text(std::string_view text);

/// The same text; what is not UTF-8 becomes U+FFFD, nothing else is touched.
[[nodiscard]] std::string valid_text(std::string_view text);

/// For text that is quoted as it is: every character that has no picture of its own gets one. Controls become ␀ to ␟
/// and ␡, characters that turn, hide or separate text become their number: ‹U+202E›. A line feed stays where `lines`
/// says so.
[[nodiscard]] std::string visible_text(std::string_view text, bool lines = false);

/// At most `length` code points, the last one "…" where something was left out.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t length);

/// How many code points it has.
[[nodiscard]] std::size_t text_length(std::string_view text);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace pellucid::render
