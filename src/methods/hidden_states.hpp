#pragma once

#include "methods/context.hpp"

namespace pellucid::methods {

/// The option `hidden` of AttCAT and CAT: which tensors of the stream are multiplied with their gradients.
[[nodiscard]] OptionSpec hidden_option();

/// A tensor of the stream and the block that it belongs to.
struct HiddenState {
  std::int64_t block = 0;
  graph::ValueId value = graph::kNone;
};

/// hidden=input, and methods without that option: the inputs of blocks 0 … L−1. hidden=output: the outputs of blocks
/// 0 … L−2.
/// Throws Error{kUnsupported} naming `method` where the model has none.
[[nodiscard]] std::vector<HiddenState> hidden_states(const Context& context, const std::string& method);
/// Their values alone.
[[nodiscard]] std::vector<graph::ValueId> hidden_values(const Context& context, const std::string& method);

}  // namespace pellucid::methods
