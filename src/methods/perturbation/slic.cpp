#include "methods/perturbation/slic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pellucid::methods {
namespace {

/// How much place weighs against colour, whose planes are scaled to 0 … 100.
constexpr double kCompactness = 10;
constexpr int kRounds = 10;

struct Centre {
  double y = 0, x = 0;
  std::vector<double> colour;
};

class Slic {
 public:
  Slic(const std::vector<double>& planes, std::int64_t height, std::int64_t width, std::int64_t segments)
      : height_(height), width_(width), area_(static_cast<std::size_t>(height * width)), colours_(planes) {
    const auto [low, high] = std::minmax_element(planes.begin(), planes.end());
    const double least = *low, range = std::max(*high - *low, 1e-12);
    for (double& colour : colours_) colour = 100 * (colour - least) / range;
    channels_ = planes.size() / area_;
    spacing_ = std::max(1.0, std::sqrt(double(area_) / double(segments)));
    const auto rows = std::max<std::int64_t>(1, std::lround(double(height) / spacing_));
    const auto columns = std::max<std::int64_t>(1, std::lround(double(width) / spacing_));
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < columns; ++c)
        centres_.push_back(centre_at((double(r) + 0.5) * double(height) / double(rows),
                                     (double(c) + 0.5) * double(width) / double(columns)));
  }

  std::vector<std::size_t> run() {
    for (int round = 0; round < kRounds; ++round) {
      assign();
      move();
    }
    return connected();
  }

 private:
  [[nodiscard]] std::size_t pixel(std::int64_t y, std::int64_t x) const {
    return static_cast<std::size_t>(y * width_ + x);
  }

  [[nodiscard]] Centre centre_at(double y, double x) const {
    Centre centre{y, x, {}};
    const std::size_t at = pixel(std::min(std::int64_t(y), height_ - 1), std::min(std::int64_t(x), width_ - 1));
    for (std::size_t c = 0; c < channels_; ++c) centre.colour.push_back(colours_[c * area_ + at]);
    return centre;
  }

  [[nodiscard]] double distance(const Centre& centre, std::int64_t y, std::int64_t x) const {
    double colour = 0;
    for (std::size_t c = 0; c < channels_; ++c) {
      const double step = colours_[c * area_ + pixel(y, x)] - centre.colour[c];
      colour += step * step;
    }
    const double dy = double(y) - centre.y, dx = double(x) - centre.x, scale = kCompactness / spacing_;
    return colour + (dy * dy + dx * dx) * scale * scale;
  }

  void assign() {
    std::vector<double> nearest(area_, std::numeric_limits<double>::infinity());
    labels_.assign(area_, 0);
    const auto reach = static_cast<std::int64_t>(std::ceil(2 * spacing_));
    for (std::size_t k = 0; k < centres_.size(); ++k) {
      const auto y0 = static_cast<std::int64_t>(centres_[k].y), x0 = static_cast<std::int64_t>(centres_[k].x);
      for (std::int64_t y = std::max<std::int64_t>(0, y0 - reach); y < std::min(height_, y0 + reach + 1); ++y)
        for (std::int64_t x = std::max<std::int64_t>(0, x0 - reach); x < std::min(width_, x0 + reach + 1); ++x) {
          const double here = distance(centres_[k], y, x);
          if (here >= nearest[pixel(y, x)]) continue;
          nearest[pixel(y, x)] = here;
          labels_[pixel(y, x)] = k;
        }
    }
  }

  void move() {
    std::vector<Centre> sums(centres_.size(), Centre{0, 0, std::vector<double>(channels_, 0.0)});
    std::vector<double> counts(centres_.size(), 0.0);
    for (std::int64_t y = 0; y < height_; ++y)
      for (std::int64_t x = 0; x < width_; ++x) {
        Centre& sum = sums[labels_[pixel(y, x)]];
        sum.y += double(y);
        sum.x += double(x);
        for (std::size_t c = 0; c < channels_; ++c) sum.colour[c] += colours_[c * area_ + pixel(y, x)];
        ++counts[labels_[pixel(y, x)]];
      }
    for (std::size_t k = 0; k < centres_.size(); ++k) {
      if (counts[k] == 0) continue;
      sums[k].y /= counts[k];
      sums[k].x /= counts[k];
      for (double& colour : sums[k].colour) colour /= counts[k];
      centres_[k] = sums[k];
    }
  }

  /// The pixels that are reached from one along neighbours of its label and have no number yet.
  std::vector<std::size_t> piece_of(std::size_t first, const std::vector<std::size_t>& numbers) const {
    std::vector<std::size_t> piece{first};
    std::vector<bool> seen(area_, false);
    seen[first] = true;
    for (std::size_t i = 0; i < piece.size(); ++i)
      for (const std::size_t next : neighbours(piece[i]))
        if (!seen[next] && numbers[next] == kNoNumber && labels_[next] == labels_[first]) {
          seen[next] = true;
          piece.push_back(next);
        }
    return piece;
  }

  [[nodiscard]] std::vector<std::size_t> neighbours(std::size_t at) const {
    const auto width = static_cast<std::size_t>(width_);
    std::vector<std::size_t> found;
    if (at >= width) found.push_back(at - width);
    if (at % width > 0) found.push_back(at - 1);
    if (at % width + 1 < width) found.push_back(at + 1);
    if (at + width < area_) found.push_back(at + width);
    return found;
  }

  /// Pieces of less than a quarter of the usual size join the segment before them.
  [[nodiscard]] std::vector<std::size_t> connected() const {
    const auto smallest = static_cast<std::size_t>(spacing_ * spacing_ / 4);
    std::vector<std::size_t> numbers(area_, kNoNumber);
    std::size_t next = 0;
    for (std::size_t first = 0; first < area_; ++first) {
      if (numbers[first] != kNoNumber) continue;
      const std::vector<std::size_t> piece = piece_of(first, numbers);
      std::size_t number = kNoNumber;
      if (piece.size() < smallest)
        for (const std::size_t beside : neighbours(first))
          if (number == kNoNumber) number = numbers[beside];
      if (number == kNoNumber) number = next++;
      for (const std::size_t pixel : piece) numbers[pixel] = number;
    }
    return numbers;
  }

  static constexpr std::size_t kNoNumber = std::numeric_limits<std::size_t>::max();
  std::int64_t height_, width_;
  std::size_t area_, channels_ = 1;
  double spacing_ = 1;
  std::vector<double> colours_;
  std::vector<Centre> centres_;
  std::vector<std::size_t> labels_;
};

}  // namespace

std::vector<std::size_t> slic(const std::vector<double>& planes, std::int64_t height, std::int64_t width,
                              std::int64_t segments) {
  return Slic(planes, height, width, segments).run();
}

}  // namespace pellucid::methods
