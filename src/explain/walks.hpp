#pragma once

#include <optional>
#include <vector>

#include <pellucid/tensor.hpp>

#include "explain/targets.hpp"

namespace pellucid::explain {

/// Relevance starts with 1 at one logit: of a contrast its sum would be 0. Targets of several terms are walked term by
/// term and their maps are joined.
struct Walks {
  std::vector<Target> asked;                 ///< K
  std::vector<std::vector<double>> weights;  ///< [K][W]: how much of each walk a target takes

  /// [W, …] -> [K, …]
  [[nodiscard]] Tensor join(const Tensor& of_walks) const;
};

/// The walks of some targets, each from 1 at one element; nothing where every target is one such. Throws Error{kUsage}
/// for targets that aren't sums of scores (prob, concept).
[[nodiscard]] std::optional<Walks> split_into_walks(std::vector<Target>& targets, const std::string& rules);

}  // namespace pellucid::explain
