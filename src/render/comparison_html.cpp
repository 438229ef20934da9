#include "render/comparison_html.hpp"

#include <algorithm>

#include <pellucid/error.hpp>

#include "base/check.hpp"
#include "render/comparison_record.hpp"
#include "render/embedded.hpp"
#include "render/page_data.hpp"
#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace render {
namespace {

using nlohmann::json;

/// What a method's run took in passes of the untouched model, where that was measured.
json measured_passes(const Timing& timing) {
  const bool measured = timing.forward_seconds && *timing.forward_seconds > 0;
  return measured ? json(timing.run_seconds / *timing.forward_seconds) : json(nullptr);
}

/// Its place among the compared ones, or null.
json compared_as(const Comparison& comparison, std::int64_t explanation) {
  const auto& all = comparison.compared;
  const auto found = std::find(all.begin(), all.end(), explanation);
  return found == all.end() ? json(nullptr) : json(found - all.begin());
}

json method_facts(const Explanation& e, const std::string& name) {
  json notes = json::array();
  for (const std::string& note : e.certificate.notes) notes.push_back(clean_text(note));
  return {{"name", clean_text(name.empty() ? method_title(e) : name)},
          {"precision", e.certificate.precision},
          {"forward", e.certificate.forward_passes},
          {"backward", e.certificate.backward_passes},
          {"measured", measured_passes(e.timing)},
          {"targetFree", e.target_free},
          {"signed", e.signed_scores},
          {"certificate", certificate_summary(e)},
          {"notes", std::move(notes)},
          {"hidden", nullptr}};
}

/// Adds a method's views, or says why there are none.
json add_method(PageData& page, const HtmlEntry& entry) {
  json method = method_facts(entry.explanation, entry.name);
  method["first"] = page.data()["views"].size();
  try {
    page.add(entry);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
    method["first"] = nullptr;
    method["hidden"] = clean_text(error.what());
  }
  return method;
}

json named_inputs(const Explanation& e) {
  json list = json::array();
  for (std::size_t b = 0; b < e.targets.front().samples.size(); ++b)
    list.push_back(clean_text(sample_title(e, static_cast<std::int64_t>(b))));
  return list;
}

}  // namespace
}  // namespace render

std::string render_comparison_html(const std::vector<HtmlEntry>& entries, const Comparison& comparison,
                                   const std::string& title, const OverlayOptions& options, TextColours text_colours) {
  using namespace render;
  PELLUCID_CHECK(!entries.empty() && !entries.front().explanation.targets.empty(), kUsage, "there is nothing to show");
  PELLUCID_ASSERT(comparison.left_out.size() == entries.size());
  PageData page(title, options, text_colours);
  json methods = json::array();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    methods.push_back(add_method(page, entries[i]));
    methods.back()["compared"] = compared_as(comparison, static_cast<std::int64_t>(i));
    methods.back()["leftOut"] = clean_text(comparison.left_out[i]);
  }
  PELLUCID_CHECK(!page.data()["views"].empty(), kUnsupported, "{}", methods.front()["hidden"].get<std::string>());
  json data = page.data();
  data["methods"] = std::move(methods);
  data["inputs"] = named_inputs(entries.front().explanation);
  data["comparison"] = agreement_record(comparison);
  std::string html = characters_of(html_comparison_template());
  fill(html, "{{STYLE}}",
       "\n" + characters_of(html_page_style()) + characters_of(html_text_style()) +
           characters_of(html_comparison_style()));
  fill(html, "{{SCRIPT}}",
       "\n" + characters_of(html_scores_script()) + characters_of(html_words_script()) +
           characters_of(html_comparison_script()) + characters_of(html_panels_script()));
  fill(html, "{{DATA}}", script_safe(data));  // last: what it holds is never a place
  return html;
}

}  // namespace pellucid
