#pragma once

#include <string>
#include <vector>

#include <pellucid/model.hpp>

#include "graph/graph.hpp"

namespace pellucid::anatomy {

/// What the hints name in one graph; kNone and empty where they are silent.
struct NamedParts {
  graph::ValueId tokens = graph::kNone;
  std::vector<graph::ValueId> attention, blocks;
};

/// The value of this name, or the first output of the last node of this name (or of those that stand for it). Throws
/// Error{kUsage} with the closest names where there is none.
[[nodiscard]] graph::ValueId named_value(const graph::Graph& graph, const std::string& name, const std::string& what);

/// Looks the hints up. Throws Error{kUsage} where a name is unknown or the parts can't be what they are said to be.
[[nodiscard]] NamedParts named_parts(const graph::Graph& graph, const AnatomyHints& hints);

/// Puts the output that holds the scores first: the named one, else the one that `vote_on_scores` falls on. Returns
/// what the vote rests on, empty where there was none. Throws Error{kUsage} where a named one is no output of scores.
std::string choose_head(graph::Graph& graph, const std::string& head);

}  // namespace pellucid::anatomy
