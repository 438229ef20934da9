#include "methods/perturbation/occlusion_windows.hpp"

namespace pellucid::methods {
namespace {

/// Steps an index through a box, the last axis first; false behind the last.
bool step(Shape& index, const Shape& last, const Shape& by) {
  for (std::size_t axis = index.size(); axis-- > 0;) {
    index[axis] += by[axis];
    if (index[axis] <= last[axis]) return true;
    index[axis] = 0;
  }
  return false;
}

OcclusionWindow window_at(const Shape& start, const Shape& shape, const Shape& extent, std::size_t first) {
  OcclusionWindow window;
  Shape last = shape, within(shape.size(), 0);
  for (std::int64_t& size : last) --size;
  const Shape ones(shape.size(), 1);
  do {
    std::size_t flat = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      flat = flat * static_cast<std::size_t>(extent[axis]) + static_cast<std::size_t>(start[axis] + within[axis]);
    window.features.push_back(first + flat);
  } while (step(within, last, ones));
  return window;
}

void add_windows(const Shape& extent, std::size_t first, const Shape& shape, const Shape& strides,
                 std::vector<OcclusionWindow>& windows) {
  Shape last = extent, start(extent.size(), 0);
  for (std::size_t axis = 0; axis < extent.size(); ++axis) {
    last[axis] -= shape[axis];
    if (last[axis] < 0) return;
  }
  do windows.push_back(window_at(start, shape, extent, first));
  while (step(start, last, strides));
}

}  // namespace

std::vector<OcclusionWindow> occlusion_windows(const FeatureSpace& space, const Shape& shape, const Shape& strides) {
  std::vector<OcclusionWindow> windows;
  if (space.spans.empty()) {
    add_windows(space.extent, 0, shape, strides, windows);
    return windows;
  }
  std::size_t first = 0;
  for (const std::int64_t length : space.spans) {
    add_windows({length}, first, shape, strides, windows);
    first += static_cast<std::size_t>(length);
  }
  return windows;
}

}  // namespace pellucid::methods
