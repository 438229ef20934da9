#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "apps/pellucid/demo_folder.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "render/html.hpp"

namespace pellucid::cli {

/// A text of the demonstration, explained.
struct ShownText {
  std::vector<HtmlEntry> entries;  ///< one per method
  std::string terminal;            ///< what is printed about it
  nlohmann::ordered_json report;
};

/// Explains a text by the methods that suit the model; the others are named in `skipped`.
[[nodiscard]] ShownText show_text(OpenedModel& opened, const DemoText& text, std::vector<std::string>& skipped);

}  // namespace pellucid::cli
