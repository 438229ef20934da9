#include "render/text_palette.hpp"

#include <algorithm>
#include <cmath>

#include "render/oklab.hpp"

namespace pellucid::render {
namespace {

using Stops = std::vector<std::uint32_t>;

enum class Hue { kRed, kBlue, kGreen, kViolet };

/// Evenly spaced from the paper's colour to the full one.
Stops stops(Hue hue, bool dark) {
  switch (hue) {
    case Hue::kRed:
      return dark ? Stops{0x1A1D24, 0x512326, 0x922F2E, 0xD3453C, 0xFF6F5E}
                  : Stops{0xFFFFFF, 0xFBD3C9, 0xF5A08F, 0xE4604C, 0xB3202C};
    case Hue::kBlue:
      return dark ? Stops{0x1A1D24, 0x1D3557, 0x235796, 0x357FD6, 0x6BAEFF}
                  : Stops{0xFFFFFF, 0xD0E2F8, 0x9AC2F0, 0x4C8CD6, 0x1C53A6};
    case Hue::kGreen:
      return dark ? Stops{0x1A1D24, 0x1E3F29, 0x276B3A, 0x37A153, 0x6BD986}
                  : Stops{0xFFFFFF, 0xD0EECD, 0x93D290, 0x42A04C, 0x186B2C};
    case Hue::kViolet: break;
  }
  return dark ? Stops{0x1A1D24, 0x342750, 0x593F8E, 0x8E66D6, 0xC2A2FF}
              : Stops{0xFFFFFF, 0xE3D8F7, 0xBDA1E8, 0x8A5DCB, 0x56279B};
}

/// The same in the colours of terminals: the cube (16 to 231) and the greys (232 to 255).
std::vector<int> ramp(Hue hue, bool dark) {
  using Indices = std::vector<int>;
  switch (hue) {
    case Hue::kRed: return dark ? Indices{234, 52, 88, 124, 160, 203} : Indices{231, 224, 217, 210, 203, 160, 124};
    case Hue::kBlue: return dark ? Indices{234, 18, 19, 25, 32, 75} : Indices{231, 189, 153, 111, 68, 26, 25};
    case Hue::kGreen: return dark ? Indices{234, 22, 28, 34, 71, 77} : Indices{231, 194, 157, 114, 71, 28, 22};
    case Hue::kViolet: break;
  }
  return dark ? Indices{234, 53, 54, 92, 98, 141} : Indices{231, 225, 183, 141, 98, 92, 54};
}

Hue hue(bool signed_scores, TextColours colours, bool positive) {
  if (!signed_scores) return Hue::kViolet;
  if (colours == TextColours::kRedBlue) return positive ? Hue::kRed : Hue::kBlue;
  return positive ? Hue::kGreen : Hue::kRed;
}

double luminance(const Rgb& colour) {
  return 0.2126 * to_linear(colour.red / 255.0) + 0.7152 * to_linear(colour.green / 255.0) +
         0.0722 * to_linear(colour.blue / 255.0);
}

}  // namespace

TextPalette::TextPalette(bool signed_scores, TextColours colours, bool dark) {
  constexpr std::size_t kMiddle = kSteps / 2;
  above_ = ramp(hue(signed_scores, colours, true), dark);
  below_ = signed_scores ? ramp(hue(signed_scores, colours, false), dark) : std::vector<int>{above_.front()};
  const Stops below = stops(hue(signed_scores, colours, false), dark);
  const Stops above = stops(hue(signed_scores, colours, true), dark);
  for (std::size_t i = 0; i <= kMiddle; ++i) {
    const double place = static_cast<double>(i) / static_cast<double>(kMiddle);
    const Rgb low = signed_scores ? blend(below, place) : blend(below, 0), high = blend(above, place);
    table_[kMiddle - i] = {low, readable_ink(low)};
    table_[kMiddle + i] = {high, readable_ink(high)};
  }
}

int TextPalette::index_of_256(double place) const {
  const std::vector<int>& indices = place < 0 ? below_ : above_;
  const double at = std::min(1.0, std::abs(place)) * static_cast<double>(indices.size() - 1);
  return indices[static_cast<std::size_t>(std::lround(at))];
}

Paint TextPalette::at(double place) const {
  const double share = (std::clamp(place, -1.0, 1.0) + 1) / 2;
  return table_[static_cast<std::size_t>(std::lround(share * static_cast<double>(kSteps - 1)))];
}

std::string colour_word(bool signed_scores, TextColours colours, bool positive) {
  switch (hue(signed_scores, colours, positive)) {
    case Hue::kRed: return "red";
    case Hue::kBlue: return "blue";
    case Hue::kGreen: return "green";
    case Hue::kViolet: break;
  }
  return "violet";
}

double contrast(const Rgb& a, const Rgb& b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

Rgb readable_ink(const Rgb& background) {
  constexpr Rgb kBlack{0, 0, 0}, kWhite{255, 255, 255};
  return contrast(background, kBlack) >= contrast(background, kWhite) ? kBlack : kWhite;
}

}  // namespace pellucid::render
