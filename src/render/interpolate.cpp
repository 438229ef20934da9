#include "render/interpolate.hpp"

#include <algorithm>
#include <cmath>

namespace pellucid::render {
namespace {

/// Harmonic mean of the slopes on both sides, 0 at a turning point.
double tangent(double left, double right) { return left * right <= 0 ? 0 : 2 * left * right / (left + right); }

/// A row or column of the map: `count` scores that lie `stride` apart.
struct Line {
  const double* first;
  std::int64_t count, stride;

  [[nodiscard]] double score(std::int64_t i) const { return first[std::clamp<std::int64_t>(i, 0, count - 1) * stride]; }

  [[nodiscard]] double read(double place) const {
    const double at = std::clamp(place - 0.5, 0.0, static_cast<double>(count - 1));
    const auto i = static_cast<std::int64_t>(at);
    const double t = at - static_cast<double>(i);
    const double before = score(i) - score(i - 1), inside = score(i + 1) - score(i);
    const double after = score(i + 2) - score(i + 1);
    const double m0 = tangent(before, inside), m1 = tangent(inside, after);
    const double a = m0 + m1 - 2 * inside, b = 3 * inside - 2 * m0 - m1;
    return score(i) + t * (m0 + t * (b + t * a));
  }
};

std::int64_t cell(double place, std::int64_t count) {
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(place)), 0, count - 1);
}

}  // namespace

std::vector<double> read_smoothly(const ScoreMap& map, const Places& rows, const Places& columns) {
  const auto width = static_cast<std::int64_t>(columns.size());
  std::vector<double> wide;  // [map.rows, width]
  wide.reserve(static_cast<std::size_t>(map.rows * width));
  for (std::int64_t r = 0; r < map.rows; ++r) {
    const Line line{map.values.data() + r * map.columns, map.columns, 1};
    for (const double column : columns) wide.push_back(line.read(column));
  }
  std::vector<double> out;
  out.reserve(rows.size() * columns.size());
  for (const double row : rows) {
    for (std::int64_t c = 0; c < width; ++c) out.push_back(Line{wide.data() + c, map.rows, width}.read(row));
  }
  return out;
}

std::vector<double> read_cells(const ScoreMap& map, const Places& rows, const Places& columns) {
  std::vector<double> out;
  out.reserve(rows.size() * columns.size());
  for (const double row : rows) {
    for (const double column : columns) out.push_back(map.at(cell(row, map.rows), cell(column, map.columns)));
  }
  return out;
}

}  // namespace pellucid::render
