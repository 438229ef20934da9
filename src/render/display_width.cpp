#include "render/display_width.hpp"

#include <algorithm>

#include "render/text.hpp"
#include "render/width_ranges.hpp"

namespace pellucid::render {
namespace {

constexpr char32_t kJoiner = 0x200D, kPictureSelector = 0xFE0F;

template <class Ranges>
bool among(const Ranges& ranges, char32_t point) {
  const auto found = std::lower_bound(ranges.begin(), ranges.end(), point,
                                      [](const PointRange& range, char32_t p) { return range.last < p; });
  return found != ranges.end() && found->first <= point;
}

bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }
bool is_region(char32_t point) { return point >= 0x1F1E6 && point <= 0x1F1FF; }
bool is_skin_tone(char32_t point) { return point >= 0x1F3FB && point <= 0x1F3FF; }

/// Whether `point` belongs to the cluster before it.
bool continues(const Cluster& cluster, char32_t point) {
  if (is_control(point) || is_control(cluster.points.back())) return false;
  if (point_width(point) == 0) return true;
  const char32_t last = cluster.points.back();
  if (last == kJoiner) return cluster.width == 2;
  if (is_skin_tone(point)) return cluster.width == 2;
  return is_region(point) && cluster.points.size() == 1 && is_region(last);
}

}  // namespace

int point_width(char32_t point) {
  if (is_control(point) || among(kWithoutWidth, point)) return 0;
  return among(kWide, point) ? 2 : 1;
}

std::vector<Cluster> clusters(std::u32string_view text) {
  std::vector<Cluster> found;
  for (const char32_t point : text) {
    if (found.empty() || !continues(found.back(), point)) {
      found.push_back({std::u32string(1, point), point_width(point)});
      continue;
    }
    Cluster& cluster = found.back();
    cluster.points.push_back(point);
    const bool picture = point == kPictureSelector && cluster.width == 1;
    if (picture || is_region(point)) cluster.width = 2;
  }
  return found;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const Cluster& cluster : clusters(decode_utf8(text))) width += static_cast<std::size_t>(cluster.width);
  return width;
}

std::string fit_width(std::string_view text, std::size_t width) {
  const std::u32string points = decode_utf8(text);
  if (display_width(text) <= width) return encode_utf8(points);
  std::u32string kept;
  std::size_t cells = 1;  // of the mark
  for (const Cluster& cluster : clusters(points)) {
    cells += static_cast<std::size_t>(cluster.width);
    if (cells > width) break;
    kept += cluster.points;
  }
  if (width > 0) kept.push_back(U'…');
  return encode_utf8(kept);
}

}  // namespace pellucid::render
