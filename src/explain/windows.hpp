#pragma once

#include <pellucid/model.hpp>

namespace pellucid::explain {

/// Explains a long text in windows: y is the mean over the windows of the target, a token's score the sum of what the
/// windows that hold it give it, over their number. So the scores add up to what they add up to for the mean, and a
/// token in two windows isn't counted twice. `whole` is the text in one piece, as `Model::tokenize` gives it without a
/// limit; `windows` are its parts. The targets of `request` hold for all windows; without any, the classes with the
/// highest mean scores are explained. Throws Error{kUsage} where the model doesn't give one row of class scores per
/// text.
[[nodiscard]] Explanation explain_windows(Model& model, Request request, const TokenizedText& whole,
                                          const std::vector<TokenizedText>& windows);

/// For every token of every window, the token of the whole text that it is. Throws Error{kInternal} where the windows
/// are none of that text.
[[nodiscard]] std::vector<std::vector<std::size_t>> places_in_whole(const TokenizedText& whole,
                                                                    const std::vector<TokenizedText>& windows);

}  // namespace pellucid::explain
