#include "explain/target_rows.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "explain/spaces.hpp"

namespace pellucid::explain {

using graph::ValueId;

std::optional<std::int64_t> token_axis(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                       const anatomy::Stream& stream, const std::string& space) {
  const std::string named = "output:";
  ValueId output = graph::kNone;
  if (space.starts_with(named))
    output = graph.find(space.substr(named.size()));
  else if (space == "logits" || space == "probabilities" || space == "log_probabilities")
    output = anatomy.head.logits;
  const auto& per_token = (stream.decoder ? stream.decoder->read_out : stream.read_out).per_token;
  const auto at = std::find_if(per_token.begin(), per_token.end(),
                               [output](const anatomy::TokenOutput& found) { return found.output == output; });
  if (output == graph::kNone || at == per_token.end()) return std::nullopt;
  return at->axis;
}

bool index_tokens(const graph::Graph& graph, const anatomy::Anatomy& anatomy, const anatomy::Stream& stream,
                  const std::vector<std::string>& spaces) {
  if (spaces.empty()) return token_axis(graph, anatomy, stream, "logits").has_value();
  return std::all_of(spaces.begin(), spaces.end(),
                     [&](const std::string& space) { return token_axis(graph, anatomy, stream, space).has_value(); });
}

std::vector<methods::TargetRows> target_rows(const graph::Graph& graph, const anatomy::Anatomy& anatomy,
                                             const anatomy::Stream& stream, const std::vector<std::string>& spaces,
                                             const std::vector<propagate::Seed>& seeds) {
  std::vector<methods::TargetRows> rows;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const auto tokens = token_axis(graph, anatomy, stream, spaces.at(i));
    PELLUCID_ASSERT(tokens.has_value());
    rows.push_back({seeds[i].cotangent, batch_axis(graph.dims(seeds[i].value)) + 1, *tokens + 1});
  }
  return rows;
}

}  // namespace pellucid::explain
