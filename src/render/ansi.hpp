#pragma once

#include <string>

#include "render/colormap.hpp"
#include "render/text_palette.hpp"

namespace pellucid {

/// How many colours a terminal shows.
enum class ColourDepth { k256, kTrue };

namespace render {

inline constexpr const char* kPlain = "\x1b[0m";

/// The entry of the 256-colour table that is nearest: of the cube 6 × 6 × 6 (16 to 231) or of the greys (232 to 255).
[[nodiscard]] int nearest_of_256(const Rgb& colour);
/// Its colour; `index` in [16, 255].
[[nodiscard]] Rgb colour_of_256(int index);

/// Escapes that choose the colour of what follows, until kPlain.
[[nodiscard]] std::string foreground(const Rgb& colour, ColourDepth depth);
[[nodiscard]] std::string background(const Rgb& colour, ColourDepth depth);
/// Background and ink of a place in [−1, 1].
[[nodiscard]] std::string painted(const TextPalette& palette, double place, ColourDepth depth);

}  // namespace render
}  // namespace pellucid
