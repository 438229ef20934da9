#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include <pellucid/explanation.hpp>

#include "render/text_palette.hpp"
#include "render/text_scores.hpp"

namespace pellucid::render {

/// Scores as a page needs them: with seven digits, which is more than it shows and keeps it small.
[[nodiscard]] nlohmann::json for_display(const std::vector<double>& scores);

/// What a page's view of one text has beyond that of pictures: the text in words and in pieces, with its scales.
[[nodiscard]] nlohmann::json text_view(const TextScores& scores, std::int64_t sample);

/// The scores of one target: of words, of pieces, and of tokens outside the text.
[[nodiscard]] nlohmann::json text_target(const TextScores& scores, std::int64_t target, std::int64_t sample);

/// Colours for light and for dark paper, as text.js reads them.
[[nodiscard]] nlohmann::json text_palette(bool signed_scores, TextColours colours);

}  // namespace pellucid::render
