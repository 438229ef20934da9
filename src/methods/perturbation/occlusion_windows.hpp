#pragma once

#include <vector>

#include "methods/perturbation/perturbation.hpp"

namespace pellucid::methods {

/// Places of a window that walks over the features' axes. `features`: flat indices, ascending.
struct OcclusionWindow {
  std::vector<std::size_t> features;
};

/// Windows of this shape that lie inside one span, in steps of `strides`.
[[nodiscard]] std::vector<OcclusionWindow> occlusion_windows(const FeatureSpace& space, const Shape& shape,
                                                             const Shape& strides);

}  // namespace pellucid::methods
