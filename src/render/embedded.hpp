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
/// What the scripts of all pages share: numbers, colours, painting; words and theirs.
[[nodiscard]] std::span<const std::byte> html_scores_script();
[[nodiscard]] std::span<const std::byte> html_words_script();
[[nodiscard]] std::span<const std::byte> html_page_script();
[[nodiscard]] std::span<const std::byte> html_text_script();
/// The page that compares methods: markup as above, style and script beside the shared ones.
[[nodiscard]] std::span<const std::byte> html_comparison_template();
[[nodiscard]] std::span<const std::byte> html_comparison_style();
[[nodiscard]] std::span<const std::byte> html_comparison_script();
[[nodiscard]] std::span<const std::byte> html_panels_script();

}  // namespace pellucid::render
