#pragma once

#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/overlay.hpp"
#include "render/picture.hpp"
#include "render/text_palette.hpp"

namespace pellucid {

/// One explanation of a page.
struct HtmlEntry {
  Explanation explanation;
  std::vector<Picture> pictures;  ///< [batch], what the model saw; empty where the input is no picture, as with texts
  std::string name;               ///< how it is called on the page; "": its method and rules
};

/// One page that needs no network and no other file, of pictures, of texts or of both: switches between inputs, targets
/// and methods; over pictures opacity, smooth or raw scores and the score under the pointer; texts word by word or
/// token by token, with their numbers, methods or targets below each other; the strongest places or words, the
/// certificate. Entries with the same model and input are offered as methods for one input. Text from models and files
/// is data for the page, never markup.
///
/// Throws Error{kUsage} where there are no entries or on a wrong option, Error{kUnsupported} where scores have no form
/// that can be shown.
[[nodiscard]] std::string render_html(const std::vector<HtmlEntry>& entries, const std::string& title,
                                      const OverlayOptions& options = {},
                                      TextColours text_colours = TextColours::kRedBlue);

}  // namespace pellucid
