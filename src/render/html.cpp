#include "render/html.hpp"

#include "base/check.hpp"
#include "render/embedded.hpp"
#include "render/page_data.hpp"

namespace pellucid {
namespace {

using namespace render;

}  // namespace

std::string render_html(const std::vector<HtmlEntry>& entries, const std::string& title, const OverlayOptions& options,
                        TextColours text_colours) {
  PELLUCID_CHECK(!entries.empty(), kUsage, "there is nothing to show");
  PageData page(title, options, text_colours);
  for (const HtmlEntry& entry : entries) page.add(entry);
  std::string html = characters_of(html_template());
  fill(html, "{{STYLE}}", "\n" + characters_of(html_page_style()) + characters_of(html_text_style()));
  fill(html, "{{SCRIPT}}",
       "\n" + characters_of(html_scores_script()) + characters_of(html_words_script()) +
           characters_of(html_page_script()) + characters_of(html_text_script()));
  fill(html, "{{DATA}}", script_safe(page.data()));  // last: what it holds is never a place
  return html;
}

}  // namespace pellucid
