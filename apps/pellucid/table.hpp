#pragma once

#include <string>
#include <vector>

namespace pellucid::cli {

/// Rows of text in columns two blanks apart; the columns in `right` are aligned to the right. Rows may be shorter than
/// others.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows,
                                const std::vector<std::size_t>& right = {});

/// The text broken between words into lines of at most `width` characters; `indent` comes before all but the first and
/// is not counted.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t width, const std::string& indent);

}  // namespace pellucid::cli
