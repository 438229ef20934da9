#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

namespace pellucid::render {

/// Scores of one target and sample that lie on a plane.
struct ScoreMap {
  std::int64_t rows = 0, columns = 0;
  std::vector<double> values;  ///< [rows, columns]

  [[nodiscard]] double at(std::int64_t row, std::int64_t column) const {
    return values[static_cast<std::size_t>(row * columns + column)];
  }
};

/// A token outside the grid.
struct SpecialScore {
  std::string name;  ///< "class"
  double score = 0;
};

/// The scores of an explanation, ready to be drawn. Axes that have no place in a picture (the width of a token, the
/// channels of a pixel) are summed, and `note` says so.
class ScoreMaps {
 public:
  /// Throws Error{kUnsupported} where the scores have no form that can be shown, as with whole attention maps.
  explicit ScoreMaps(const Explanation& explanation);

  [[nodiscard]] std::int64_t targets() const noexcept { return targets_; }
  [[nodiscard]] std::int64_t samples() const noexcept { return samples_; }
  /// Whether the scores lie on a plane over the picture; else they are a plain list: one row.
  [[nodiscard]] bool planar() const noexcept { return planar_; }
  /// One score per input pixel instead of one per patch.
  [[nodiscard]] bool pixels() const noexcept { return pixels_; }
  /// What was done to the scores before they were drawn; empty where nothing was.
  [[nodiscard]] const std::string& note() const noexcept { return note_; }
  /// The part of the picture's height and width that the cells cover, in (0, 1].
  [[nodiscard]] double covered_height() const noexcept { return covered_height_; }
  [[nodiscard]] double covered_width() const noexcept { return covered_width_; }

  [[nodiscard]] ScoreMap map(std::int64_t target, std::int64_t sample) const;
  /// Class, distillation and register tokens, where the scores hold them.
  [[nodiscard]] std::vector<SpecialScore> special(std::int64_t target, std::int64_t sample) const;

 private:
  void place_on_plane(const Explanation& explanation);
  void keep_special(const Explanation& explanation);

  std::int64_t targets_ = 0, samples_ = 0, rows_ = 0, columns_ = 0;
  bool planar_ = true, pixels_ = false;
  std::string note_;
  double covered_height_ = 1, covered_width_ = 1;
  std::vector<double> values_;   // [targets, samples, rows, columns]
  std::vector<double> special_;  // [targets, samples, special tokens]
  std::vector<std::string> special_names_;
};

/// How numbers become places in a colour map.
struct Scale {
  double low = 0, high = 0;  ///< scores with the colours of the ends; equal where all scores are the same
  bool around_zero = true;   ///< low = −high
  bool saturated = false;    ///< some scores lie outside and get the colours of the ends

  /// In [0, 1].
  [[nodiscard]] double place(double score) const;
  /// In [0, 1]: how strongly the score asks for attention; distance from zero, or from `low`.
  [[nodiscard]] double strength(double score) const;
};

/// For a diverging colour map symmetric around zero; else from the smallest to the largest score. Of maps with a score
/// per pixel the outermost 0.5 % saturate, because single pixels would take the whole scale.
[[nodiscard]] Scale scale_of(const ScoreMap& map, bool diverging, bool pixels);
/// The same for one target's map, or for the maps of all targets of that sample.
[[nodiscard]] Scale scale_of(const ScoreMaps& maps, std::int64_t target, std::int64_t sample, bool diverging,
                             bool of_all_targets);

}  // namespace pellucid::render
