#pragma once

#include <cstdint>
#include <string>

#include "render/colormap.hpp"
#include "render/picture.hpp"
#include "render/score_map.hpp"
#include "render/text_palette.hpp"

namespace pellucid {

/// How scores are shown: laid over a picture, or behind words. They themselves are never changed, only their colours.
struct OverlayOptions {
  std::string colormap = {};  ///< "": orange-blue for signed scores, inferno for others
  double alpha = 0.8;     ///< opacity of the strongest score, 0 … 1; weaker scores let more of the picture through
  bool raw_grid = false;  ///< one block per score instead of a smooth surface
  bool shared_scale = false;  ///< one scale for all targets of a picture, so that they can be compared
  TextColours text_colours = TextColours::kRedBlue;  ///< of words, on a page and in a terminal
  std::int64_t min_side = 448;  ///< smaller pictures are enlarged until their longer side has this many pixels
};

}  // namespace pellucid

namespace pellucid::render {

/// The options' map, or the one for this kind of scores. Throws Error{kUsage} where there is none of that name.
[[nodiscard]] Colormap chosen_colormap(const OverlayOptions& options, bool signed_scores);

/// The picture in the size it is shown in.
[[nodiscard]] Picture shown_size(const Picture& picture, std::int64_t min_side);

/// The picture, paler, with the scores of one target and sample over it. Throws Error{kUsage} where alpha is not in
/// [0, 1].
[[nodiscard]] Picture overlay(const Picture& picture, const ScoreMaps& maps, const ScoreMap& map, const Scale& scale,
                              const Colormap& colours, const OverlayOptions& options);

/// Opacity, relative to the strongest score's, of a score of this strength (Scale::strength).
[[nodiscard]] double relative_opacity(double strength);

}  // namespace pellucid::render
