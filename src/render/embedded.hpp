#pragma once

#include <cstddef>
#include <span>

namespace pellucid::render {

/// DejaVu Sans, a TrueType file.
[[nodiscard]] std::span<const std::byte> font_file();
/// The page's markup, with {{STYLE}}, {{SCRIPT}} and {{DATA}} where the rest goes.
[[nodiscard]] std::span<const std::byte> html_template();
[[nodiscard]] std::span<const std::byte> html_page_style();
[[nodiscard]] std::span<const std::byte> html_text_style();
[[nodiscard]] std::span<const std::byte> html_page_script();
[[nodiscard]] std::span<const std::byte> html_text_script();

}  // namespace pellucid::render
