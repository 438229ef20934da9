#pragma once

#include <array>
#include <string>
#include <vector>

#include "render/colormap.hpp"

namespace pellucid {

/// How text is coloured where scores have signs.
enum class TextColours {
  kRedBlue,   ///< red supports the target, blue opposes it
  kGreenRed,  ///< green supports, red opposes, as Captum draws it
};

namespace render {

/// A background and the text on it.
struct Paint {
  Rgb background, ink;
};

/// Backgrounds for text: from the paper's colour, for 0, to full colour, for ±1, lightness falling all the way on white
/// paper and rising on dark. Scores without signs have one hue. The ink is black or white, whichever reads better, with
/// a contrast of at least 4.5 (WCAG 2.1).
class TextPalette {
 public:
  static constexpr std::size_t kSteps = 257;  // odd: 0 is an entry

  TextPalette(bool signed_scores, TextColours colours, bool dark);

  /// `place` in [−1, 1], clamped.
  [[nodiscard]] Paint at(double place) const;
  /// The same for terminals of 256 colours: the index of the background, from a ramp chosen by hand, because the
  /// nearest of so few colours wander off in hue.
  [[nodiscard]] int index_of_256(double place) const;
  /// From −1 to 1.
  [[nodiscard]] const std::array<Paint, kSteps>& table() const noexcept { return table_; }

 private:
  std::array<Paint, kSteps> table_{};
  std::vector<int> below_, above_;  // indices, from the paper's to the full colour's
};

/// The name of a full colour: "red", "blue", "green", "violet".
[[nodiscard]] std::string colour_word(bool signed_scores, TextColours colours, bool positive);

/// The ratio of contrast of WCAG 2.1, from 1 to 21.
[[nodiscard]] double contrast(const Rgb& a, const Rgb& b);
/// Black or white, whichever reads better on this background.
[[nodiscard]] Rgb readable_ink(const Rgb& background);

}  // namespace render
}  // namespace pellucid
