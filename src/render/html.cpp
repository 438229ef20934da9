#include "render/html.hpp"

#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "render/embedded.hpp"
#include "render/png_file.hpp"
#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace {

using namespace render;
using nlohmann::json;

std::string data_url(const Picture& picture) {
  const auto png = encode_png(picture);
  return "data:image/png;base64," + base64({reinterpret_cast<const char*>(png.data()), png.size()});
}

/// Seven digits are more than a page shows, and keep it small.
json for_display(const std::vector<double>& scores) {
  json list = json::array();
  for (const double score : scores) list.push_back(std::stod(fmt::format("{:.7g}", score)));
  return list;
}

/// JSON that is inert inside a script element: no markup, no line separators of JavaScript.
std::string script_safe(const json& data) {
  std::string safe;
  for (const char c : data.dump(-1, ' ', true)) {
    if (c == '<' || c == '>' || c == '&') {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      safe += c;
    }
  }
  return safe;
}

/// Builds the page's data: pictures and colour maps once, one view per entry and sample.
class PageData {
 public:
  PageData(const std::string& title, const OverlayOptions& options) : options_(options) {
    PELLUCID_CHECK(options.alpha >= 0 && options.alpha <= 1, kUsage, "opacity {} is not between 0 and 1",
                   options.alpha);
    data_ = {{"title", clean_text(title)}, {"alpha", options.alpha},      {"raw", options.raw_grid},
             {"pictures", json::array()},  {"colormaps", json::object()}, {"views", json::array()}};
  }

  void add(const HtmlEntry& entry) {
    const ScoreMaps maps(entry.explanation);
    PELLUCID_ASSERT(entry.pictures.empty() || static_cast<std::int64_t>(entry.pictures.size()) == maps.samples());
    for (std::int64_t sample = 0; sample < maps.samples(); ++sample)
      data_["views"].push_back(view(entry, maps, sample));
  }

  [[nodiscard]] const json& data() const { return data_; }

 private:
  [[nodiscard]] json view(const HtmlEntry& entry, const ScoreMaps& maps, std::int64_t sample) {
    const Explanation& e = entry.explanation;
    const Colormap colours = chosen_colormap(options_, e.signed_scores);
    remember(colours);
    const std::string name = entry.name.empty() ? method_title(e) : entry.name;
    json view = {{"input", clean_text(sample_title(e, sample))},
                 {"picture", entry.pictures.empty() ? json(nullptr)
                                                    : remember(entry.pictures.at(static_cast<std::size_t>(sample)))},
                 {"model", clean_text(model_title(e.model_path))},
                 {"modelPath", clean_text(e.model_path)},
                 {"modelHash", e.model_sha256},
                 {"inputHash", hash(e, sample)},
                 {"name", clean_text(name)},
                 {"signed", e.signed_scores},
                 {"targetFree", e.target_free},
                 {"colormap", colours.name()},
                 {"planar", maps.planar()},
                 {"pixels", maps.pixels()},
                 {"note", maps.note()},
                 {"coveredHeight", maps.covered_height()},
                 {"coveredWidth", maps.covered_width()},
                 {"effort", effort_line(e)},
                 {"notes", json::array()},
                 {"targets", json::array()}};
    for (const std::string& note : e.certificate.notes) view["notes"].push_back(clean_text(note));
    for (std::int64_t target = 0; target < maps.targets(); ++target) {
      view["targets"].push_back(target_data(e, maps, colours, target, sample));
    }
    view["rows"] = maps.map(0, sample).rows;
    view["columns"] = maps.map(0, sample).columns;
    return view;
  }

  [[nodiscard]] json target_data(const Explanation& e, const ScoreMaps& maps, const Colormap& colours,
                                 std::int64_t target, std::int64_t sample) const {
    const ScoreMap map = maps.map(target, sample);
    const Scale scale = scale_of(maps, target, sample, colours.diverging(), options_.shared_scale);
    const TargetRecord& record = e.targets[static_cast<std::size_t>(target)];
    const SampleTarget& facts = record.samples[static_cast<std::size_t>(sample)];
    json special = json::array(), gaps = json::array();
    for (const auto& token : maps.special(target, sample)) {
      special.push_back({{"name", clean_text(token.name)}, {"score", token.score}});
    }
    const auto lines = gap_lines(e, target, sample);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      gaps.push_back({{"text", clean_text(lines[i])}, {"note", clean_text(e.certificate.gaps[i].note)}});
    }
    return {{"label", clean_text(target_title(e, target, sample))},
            {"spec", clean_text(record.spec)},
            {"value", facts.value},
            {"probability", facts.probability ? json(*facts.probability) : json(nullptr)},
            {"scores", for_display(map.values)},
            {"special", std::move(special)},
            {"gaps", std::move(gaps)},
            {"scale",
             {{"low", scale.low}, {"high", scale.high}, {"around", scale.around_zero}, {"saturated", scale.saturated}}},
            {"range", range_text(scale)}};
  }

  [[nodiscard]] static json range_text(const Scale& scale) {
    const std::string high = scale.around_zero ? signed_number(scale.high) : number(scale.high);
    return {(scale.saturated ? "≤ " : "") + number(scale.low), (scale.saturated ? "≥ " : "") + high};
  }

  [[nodiscard]] static json hash(const Explanation& e, std::int64_t sample) {
    const auto i = static_cast<std::size_t>(sample);
    return i < e.input_sha256.size() ? json(e.input_sha256[i]) : json("");
  }

  [[nodiscard]] json remember(const Picture& picture) {
    const std::string source = data_url(picture);
    const auto [known, fresh] = pictures_.emplace(source, pictures_.size());
    if (fresh) data_["pictures"].push_back({{"width", picture.width}, {"height", picture.height}, {"source", source}});
    return known->second;
  }

  void remember(const Colormap& colours) {
    if (!colormaps_.insert(colours.name()).second) return;
    std::string table;
    for (const Rgb& c : colours.table()) table += fmt::format("{:02x}{:02x}{:02x}", c.red, c.green, c.blue);
    data_["colormaps"][colours.name()] = table;
  }

  OverlayOptions options_;
  json data_;
  std::map<std::string, std::size_t> pictures_;
  std::set<std::string> colormaps_;
};

}  // namespace

std::string render_html(const std::vector<HtmlEntry>& entries, const std::string& title,
                        const OverlayOptions& options) {
  PELLUCID_CHECK(!entries.empty(), kUsage, "there is nothing to show");
  PageData page(title, options);
  for (const HtmlEntry& entry : entries) page.add(entry);
  constexpr std::string_view kPlace = "{{DATA}}";
  const auto bytes = html_template();
  std::string html(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto at = html.find(kPlace);
  PELLUCID_ASSERT(at != std::string::npos);
  return html.replace(at, kPlace.size(), script_safe(page.data()));
}

}  // namespace pellucid
