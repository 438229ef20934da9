#include "explain/hints_note.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pellucid::explain {

std::string hints_note(const AnatomyHints& hints) {
  std::string text;
  const auto add = [&](const char* part, const std::string& names) {
    if (!names.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", part, names);
  };
  add("tokens", hints.tokens);
  add("attention", fmt::format("{}", fmt::join(hints.attention, ", ")));
  add("blocks", fmt::format("{}", fmt::join(hints.blocks, ", ")));
  add("head", hints.head);
  return text.empty() ? text : "parts of the graph were named: " + text;
}

std::string scores_note(const Prepared& prepared, const graph::ModelFile& file, const AnatomyHints& hints) {
  const graph::ValueId output = prepared.anatomy.head.output;
  if (!hints.head.empty() || output == graph::kNone) return {};
  const std::string &chosen = prepared.graph.value(output).name, &first = file.outputs().front();
  if (chosen == first) return {};
  return fmt::format("the scores are read from the output '{}', not from the first, '{}': --head names another", chosen,
                     first);
}

std::string bypass_note(const anatomy::Stream& stream, const graph::Graph& graph) {
  if (!stream.bypassed) return {};
  return fmt::format(
      "the input '{}' reaches the model's scores past '{}', too: what it adds there is in no token's score",
      stream.input, graph.value(stream.tokens).name);
}

}  // namespace pellucid::explain
