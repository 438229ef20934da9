#pragma once

#include <nlohmann/json_fwd.hpp>

#include <pellucid/explanation.hpp>

namespace pellucid::render {

/// What the record of texts has beyond that of pictures, to be merged into its `tokens`: `texts`, with every token and
/// word, and `word_scores`.
[[nodiscard]] nlohmann::json record_of_texts(const Explanation& explanation);

}  // namespace pellucid::render
