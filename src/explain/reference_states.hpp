#pragma once

#include <string>
#include <vector>

#include "explain/model_state.hpp"
#include "methods/method.hpp"

namespace pellucid::explain {

/// What enters every block of a stream for each of some texts, the blocks side by side: [tokens of the text, L·width].
/// The model is fed as it is: nothing is masked but padding. Tokens from `most_tokens` on are left out.
[[nodiscard]] std::vector<Tensor> hidden_states_of(Model::State& state, const std::vector<TokenizedText>& texts,
                                                   const std::string& stream, methods::Precision precision,
                                                   std::int64_t most_tokens, std::uint64_t held);

}  // namespace pellucid::explain
