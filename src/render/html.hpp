#pragma once

#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/overlay.hpp"
#include "render/picture.hpp"

namespace pellucid {

/// One explanation of a page.
struct HtmlEntry {
  Explanation explanation;
  std::vector<Picture> pictures;  ///< [batch], what the model saw; empty where the input is no picture
  std::string name;               ///< how it is called on the page; "": its method and rules
};

/// One page that needs no network and no other file: switches between inputs, targets and methods, opacity, smooth or
/// raw scores, the score under the pointer, the strongest places, the certificate. Entries with the same model, input
/// and picture are offered as methods for one input. Text from models and files is data for the page, never markup.
///
/// Throws Error{kUsage} where there are no entries or on a wrong option, Error{kUnsupported} where scores have no form
/// that can be shown.
[[nodiscard]] std::string render_html(const std::vector<HtmlEntry>& entries, const std::string& title,
                                      const OverlayOptions& options = {});

}  // namespace pellucid
