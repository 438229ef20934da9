#include "explain/precision_gap.hpp"

#include <algorithm>
#include <cmath>

namespace pellucid::explain {

Gap precision_gap(const Explanation& explanation, const Explanation& exact) {
  const std::vector<double> scores = explanation.token_scores.to_doubles(), right = exact.token_scores.to_doubles();
  const std::size_t targets = explanation.targets.size(), samples = explanation.targets.front().samples.size();
  const std::size_t each = scores.size() / (targets * samples);
  Gap gap{.name = "precision", .absolute = {}, .relative = {}, .note = "scores against those in float64"};
  for (std::size_t k = 0; k < targets; ++k) {
    gap.absolute.emplace_back();
    gap.relative.emplace_back();
    for (std::size_t b = 0; b < samples; ++b) {
      double difference = 0, largest = 0;
      for (std::size_t i = (k * samples + b) * each; i < (k * samples + b + 1) * each; ++i) {
        difference = std::max(difference, std::abs(scores[i] - right[i]));
        largest = std::max(largest, std::abs(right[i]));
      }
      // The class that is most likely may be another one in float64: then nothing can be compared.
      const bool same = explanation.targets[k].samples[b].class_index == exact.targets[k].samples[b].class_index;
      gap.absolute.back().push_back(same ? difference : INFINITY);
      gap.relative.back().push_back(same ? (largest > 0 ? difference / largest : difference) : INFINITY);
    }
  }
  return gap;
}

}  // namespace pellucid::explain
