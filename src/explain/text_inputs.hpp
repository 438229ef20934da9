#pragma once

#include <vector>

#include "explain/model_state.hpp"

namespace pellucid::explain {

/// The model's inputs for some texts, one sample each, padded to a common length. Of a token its id and type are read.
/// Throws Error{kUsage} where the model takes more than texts or the texts don't fit it.
[[nodiscard]] TensorMap text_tensors(Model::State& state, const std::vector<TokenizedText>& texts);
/// How many texts the model's file takes in one run; -1 where that is open.
[[nodiscard]] std::int64_t fixed_batch(const Model::State& state);

}  // namespace pellucid::explain
