#include <algorithm>
#include <cmath>

#include "explain/explainer.hpp"

namespace pellucid::explain {

/// How far what the walk kept, [K, batch, n] at the inputs of the last n blocks, is from what it should have kept: y,
/// or the 1 that relevance starts with. Where several walks are joined to a target, that of the worst.
Gap Explainer::total_gap(const Tensor& totals) const {
  const bool relevance = is_relevance_form(resolved_.rules);
  const auto places = static_cast<std::size_t>(totals.shape()[2]);
  const std::vector<double> kept = totals.to_doubles();
  Gap gap{.name = relevance ? "conservation" : "completeness", .absolute = {}, .relative = {}, .note = {}};
  gap.note = relevance ? "sum of the relevance against the 1 it starts with"
                       : "hidden states and biases times their cotangents, summed, against y";
  for (std::size_t i = 0; i < places; ++i)
    gap.along.push_back({"block " + std::to_string(stream_->blocks.size() - places + i), 0});
  for (std::int64_t k = 0; k < resolved_.target_count; ++k) {
    gap.absolute.emplace_back();
    gap.relative.emplace_back();
    for (std::int64_t b = 0; b < batch_; ++b) {
      const auto at = static_cast<std::size_t>(k * batch_ + b);
      const double due = relevance ? 1 : values_[at], size = due != 0 ? std::abs(due) : 1;
      double worst = 0;
      for (std::size_t i = 0; i < places; ++i) {
        const double difference = std::abs(kept[at * places + i] - due);
        worst = std::max(worst, difference);
        gap.along[i].relative = std::max(gap.along[i].relative, difference / size);
      }
      gap.absolute.back().push_back(worst);
      gap.relative.back().push_back(worst / size);
    }
  }
  return gap;
}

}  // namespace pellucid::explain
