#include "methods/hidden_states.hpp"

#include "base/check.hpp"
#include "methods/requirements.hpp"

namespace pellucid::methods {

OptionSpec hidden_option() {
  return {.name = "hidden",
          .kind = OptionKind::kWord,
          .otherwise = std::string("input"),
          .words = {"input", "output"},
          .meaning = "the inputs of all blocks, or the outputs of all but the last"};
}

std::vector<HiddenState> hidden_states(const Context& context, const std::string& method) {
  require_one_token_axis(context, method);
  std::vector<HiddenState> states;
  const bool input = !context.options.has("hidden") || context.options.word("hidden") == "input";
  for (std::int64_t l = 0; l < context.blocks() - (input ? 0 : 1); ++l)
    states.push_back({l, input ? context.block(l).input : context.block(l).output});
  PELLUCID_CHECK(!states.empty(), kUnsupported, "method '{}', option hidden=output: the model has a single block",
                 method);
  return states;
}

std::vector<graph::ValueId> hidden_values(const Context& context, const std::string& method) {
  std::vector<graph::ValueId> values;
  for (const HiddenState& state : hidden_states(context, method)) values.push_back(state.value);
  return values;
}

}  // namespace pellucid::methods
