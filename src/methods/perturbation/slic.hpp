#pragma once

#include <cstdint>
#include <vector>

namespace pellucid::methods {

/// Superpixels by SLIC (Achanta et al., TPAMI 2012): k-means of colour and place, each centre searched in a window of
/// twice its spacing; pieces that aren't connected join a neighbour. `planes`: [channels, height, width] of any scale;
/// `segments`: about how many. Gives the segment of every pixel, numbered 0, 1, … in the order of their first pixels.
[[nodiscard]] std::vector<std::size_t> slic(const std::vector<double>& planes, std::int64_t height, std::int64_t width,
                                            std::int64_t segments);

}  // namespace pellucid::methods
