#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "render/html.hpp"
#include "render/score_map.hpp"
#include "render/text_scores.hpp"

namespace pellucid::render {

/// What the scripts of a page draw: pictures and colours once, one view per entry and sample.
class PageData {
 public:
  /// Throws Error{kUsage} where the opacity is not in [0, 1].
  PageData(const std::string& title, const OverlayOptions& options, TextColours text_colours);

  /// Throws Error{kUnsupported} where the scores have no form that can be shown; nothing is added then.
  void add(const HtmlEntry& entry);

  [[nodiscard]] const nlohmann::json& data() const { return data_; }

 private:
  void add_pictures(const HtmlEntry& entry);
  void add_texts(const HtmlEntry& entry);
  [[nodiscard]] nlohmann::json picture_target(const ScoreMaps& maps, const Colormap& colours, std::int64_t target,
                                              std::int64_t sample) const;
  [[nodiscard]] nlohmann::json remember(const Picture& picture);
  void remember(const Colormap& colours);

  OverlayOptions options_;
  TextColours text_colours_;
  nlohmann::json data_;
  std::map<std::string, std::size_t> pictures_;
  std::set<std::string> colormaps_;
};

/// JSON that is inert inside a script element: no markup, no line separators of JavaScript.
[[nodiscard]] std::string script_safe(const nlohmann::json& data);

/// The text of an embedded file.
[[nodiscard]] std::string characters_of(std::span<const std::byte> bytes);

/// Puts `text` where the page says so.
void fill(std::string& page, std::string_view place, const std::string& text);

}  // namespace pellucid::render
