#include <algorithm>

#include "explain/explainer.hpp"

namespace pellucid::explain {
namespace {

using Table = std::vector<std::vector<double>>;

/// Of every target that of the worst walk it takes: [walks][batch] -> [targets][batch].
Table worst_walks(const Table& of_walks, const Walks& walks) {
  Table joined;
  for (const std::vector<double>& weights : walks.weights) {
    joined.emplace_back(of_walks.front().size(), 0.0);
    for (std::size_t w = 0; w < weights.size(); ++w)
      for (std::size_t b = 0; b < joined.back().size() && weights[w] != 0; ++b)
        joined.back()[b] = std::max(joined.back()[b], of_walks[w][b]);
  }
  return joined;
}

}  // namespace

void Explainer::join_walks(Explanation& explanation) {
  if (!resolved_.walks) return;
  const Walks walks = *std::exchange(resolved_.walks, std::nullopt);
  explanation.token_scores = walks.join(explanation.token_scores);
  explanation.scores = walks.join(explanation.scores);
  for (Gap& gap : explanation.certificate.gaps) {
    gap.absolute = worst_walks(gap.absolute, walks);
    gap.relative = worst_walks(gap.relative, walks);
  }
  const std::int64_t count = std::exchange(resolved_.target_count, static_cast<std::int64_t>(walks.asked.size()));
  values_ = walks.join(Tensor({count, batch_}, values_)).to_doubles();
  resolved_.targets = walks.asked;
}

}  // namespace pellucid::explain
