#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::methods {

/// One gradient pass at a point near or on the way to the input:
///   point = baseline + α·(x [+ σ·z if noise_inside] − baseline) [+ σ·z otherwise]
struct SamplingPass {
  double alpha = 1, weight = 1;
  std::int64_t noise = -1;  ///< which draw z; -1: none
  bool noise_inside = false;
  std::int64_t group = 0;  ///< passes of one group are summed before the statistic is taken
};

/// What multiplies the gradient, element by element.
enum class Factor {
  kOne,
  kPoint,              ///< the pass's point
  kInputMinusBaseline  ///< x [+ σ·z if noise_inside] − baseline
};
enum class Statistic { kMean, kMeanOfSquares, kVariance };  ///< over the groups

/// A method that averages gradients at many points. S = statistic over groups of Σ_i weight_i · reduce(factor_i ⊙ g_i).
struct SamplingPlan {
  graph::ValueId at = graph::kNone;  ///< the tensor that is replaced: [batch, tokens, width] or a graph input
  std::vector<SamplingPass> passes;
  std::int64_t groups = 1;
  Factor factor = Factor::kOne;
  Statistic statistic = Statistic::kMean;
  bool absolute = false;         ///< |·| of the product before reducing
  std::string reduce = "sum";    ///< "sum", "l2", "max", "none"
  bool reduce_channels = false;  ///< `at` is an image input: reduce axis 1, else the last axis
  double noise_level = 0;        ///< σ = noise_level·(max − min) of the sample, unless `stdevs` is given
  std::optional<double> stdevs;
  std::string noise_file;        ///< "" : seeded draws
  std::string baselines = "0";   ///< "0", "black", "mean", "blur" or a file
  bool complete = false;         ///< Σ S should equal y(x) − y(baseline)
  bool automatic_steps = false;  ///< double the steps until the relative gap is at most the tolerance
  bool adaptive_steps = false;   ///< no passes are planned: the steps follow the gradient (explain/adaptive_sampling)
  double tolerance = 0.01;       ///< of the gap, relative to y(x) − y(baseline)
};

}  // namespace pellucid::methods
