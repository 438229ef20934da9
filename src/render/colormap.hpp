#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pellucid {

/// An sRGB colour.
struct Rgb {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// A map from numbers to colours, even in OKLab between its control points (B. Ottosson, "A perceptual color space for
/// image processing", 2020). Diverging maps have a neutral middle and ends that people who cannot tell red from green
/// tell apart.
class Colormap {
 public:
  static constexpr std::size_t kSteps = 257;  // odd: the middle of a diverging map is an entry

  /// Throws Error{kUsage} listing the names where there is none of this name.
  explicit Colormap(std::string_view name);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Whether it has a neutral middle, for scores of both signs.
  [[nodiscard]] bool diverging() const noexcept { return diverging_; }
  /// `place` in [0, 1], clamped; 0.5 is the middle.
  [[nodiscard]] Rgb at(double place) const;
  /// Evenly spaced, low to high.
  [[nodiscard]] const std::array<Rgb, kSteps>& table() const noexcept { return table_; }

 private:
  std::string name_;
  bool diverging_ = false;
  std::array<Rgb, kSteps> table_{};
};

/// The names that Colormap knows.
[[nodiscard]] const std::vector<std::string>& colormap_names();

/// The map that is used where none is asked for: `orange-blue` for signed scores, `inferno` for others.
[[nodiscard]] Colormap default_colormap(bool signed_scores);

}  // namespace pellucid
