#pragma once

#include <vector>

#include "propagate/step.hpp"

namespace pellucid::propagate::operators {

/// x̂ = (x - mean) / deviation over some axes, and r = 1 / deviation (those axes of size 1).
struct Normalized {
  graph::ValueId value = graph::kNone, inverse_deviation = graph::kNone;
};

/// Emits the statistics of x over `axes`, the variance taken with `epsilon` added.
[[nodiscard]] Normalized normalize(graph::Builder& build, graph::ValueId x, const std::vector<std::int64_t>& axes,
                                   double epsilon);

/// The cotangent of x, [targets, x dims…], from `scaled` = r g', where g' is the cotangent of x̂:
/// scaled - mean(scaled) - x̂ mean(scaled x̂), the means over `axes` of x.
[[nodiscard]] graph::ValueId normalization_share(graph::Builder& build, graph::ValueId scaled, graph::ValueId x_hat,
                                                 const std::vector<std::int64_t>& axes);

/// LayerNormalization with its deviation held constant and its mean moving: r (g' - mean(g')).
void layer_normalization_held(Step& step);

/// GroupNormalization and InstanceNormalization in the same way.
void group_normalization_held(Step& step);
/// MeanVarianceNormalization in the same way.
void mean_variance_normalization_held(Step& step);
/// LpNormalization with its norm held constant.
void lp_normalization_held(Step& step);

}  // namespace pellucid::propagate::operators
