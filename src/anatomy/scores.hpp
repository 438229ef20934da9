#pragma once

#include <vector>

#include "anatomy/ballot.hpp"
#include "graph/graph.hpp"

namespace pellucid::anatomy {

/// The outputs that may hold the model's scores, floats of two or more axes, and what speaks for each: its place in the
/// list, its axes, what makes it, and that no other output is made from it.
struct ScoresVote {
  std::vector<graph::ValueId> outputs;
  Ballot ballot;
};
[[nodiscard]] ScoresVote vote_on_scores(const graph::Graph& graph);

/// The first float output of two or more axes, else the first output.
[[nodiscard]] graph::ValueId find_logits(const graph::Graph& graph);

}  // namespace pellucid::anatomy
