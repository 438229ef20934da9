#pragma once

#include <cstdint>
#include <vector>

#include "render/score_map.hpp"

namespace pellucid::render {

/// Places on one axis where scores are wanted, in units of cells: 0.5 is the middle of the first cell.
using Places = std::vector<double>;

/// The map read at every row × column place by bicubic Hermite interpolation with the tangents of Fritsch and Butland
/// (SIAM J. Sci. Stat. Comput. 5, 1984), rows first: smooth, and nowhere beyond the scores it lies between, so that no
/// place gets a sign that no score has. Beyond the middles of the outer cells the score is constant.
[[nodiscard]] std::vector<double> read_smoothly(const ScoreMap& map, const Places& rows, const Places& columns);

/// The score of the cell that each place lies in.
[[nodiscard]] std::vector<double> read_cells(const ScoreMap& map, const Places& rows, const Places& columns);

}  // namespace pellucid::render
