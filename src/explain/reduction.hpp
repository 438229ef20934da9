#pragma once

#include <string>
#include <vector>

#include <pellucid/tensor.hpp>

#include "methods/sampling_plan.hpp"

namespace pellucid::explain {

/// How one sample's elements fold into scores: the feature axis is summed, or the like.
struct Reduction {
  std::size_t outer = 1, folded = 1, inner = 1;  ///< element = (outer, folded, inner)
  Shape shape;                                   ///< of the result, without targets and batch
  std::string kind = "sum";

  /// `x`: the shape of the replaced tensor, batch included.
  Reduction(const methods::SamplingPlan& plan, const Shape& x);
  [[nodiscard]] std::size_t count() const { return outer * inner; }
  void operator()(const std::vector<double>& values, std::vector<double>& result) const;
};

}  // namespace pellucid::explain
