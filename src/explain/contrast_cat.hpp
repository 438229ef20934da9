#pragma once

#include <cstdint>
#include <vector>

namespace pellucid::explain {

/// The arithmetic of Contrast-CAT between its runs: maps are scores of the tokens of one text, padding left out.
using TokenMap = std::vector<double>;

/// (s − min)/(max − min); a constant map gives zeros.
[[nodiscard]] TokenMap min_max(TokenMap map);

/// How many tokens the deletion test takes away: round(tokens·j/9), j = 1 … 9, each number once, ascending.
[[nodiscard]] std::vector<std::int64_t> deletion_counts(std::int64_t tokens);

/// The tokens that stay, ascending, where `count` are deleted from the highest score downwards. Special tokens are
/// passed over and not counted, and the token that comes last in the order is never deleted: fewer may go. Of equal
/// scores the earlier token comes first.
[[nodiscard]] std::vector<std::size_t> tokens_left(const TokenMap& map, const std::vector<bool>& special,
                                                   std::int64_t count);

/// Which maps are kept, by the mean drop of the probability in their deletion tests: drop ≥ mean + standard deviation
/// (of the population); all where none gets there.
[[nodiscard]] std::vector<bool> kept_maps(const std::vector<double>& drops);

/// The mean of the maps that are kept.
[[nodiscard]] TokenMap mean_map(const std::vector<TokenMap>& maps, const std::vector<bool>& kept);

}  // namespace pellucid::explain
