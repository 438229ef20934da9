#pragma once

#include <cstddef>
#include <span>

namespace pellucid::render {

/// DejaVu Sans, a TrueType file.
[[nodiscard]] std::span<const std::byte> font_file();
/// html/template.html.
[[nodiscard]] std::span<const std::byte> html_template();

}  // namespace pellucid::render
