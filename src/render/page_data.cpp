#include "render/page_data.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "render/html_text.hpp"
#include "render/png_file.hpp"
#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid::render {
namespace {

using nlohmann::json;

std::string data_url(const Picture& picture) {
  const auto png = encode_png(picture);
  return "data:image/png;base64," + base64({reinterpret_cast<const char*>(png.data()), png.size()});
}

json hash(const Explanation& e, std::int64_t sample) {
  const auto i = static_cast<std::size_t>(sample);
  return i < e.input_sha256.size() ? json(e.input_sha256[i]) : json("");
}

json common_view(const HtmlEntry& entry, std::int64_t sample) {
  const Explanation& e = entry.explanation;
  json view = {{"input", clean_text(sample_title(e, sample))},
               {"picture", nullptr},
               {"model", clean_text(model_title(e.model_path))},
               {"modelPath", clean_text(e.model_path)},
               {"modelHash", e.model_sha256},
               {"inputHash", hash(e, sample)},
               {"name", clean_text(entry.name.empty() ? method_title(e) : entry.name)},
               {"signed", e.signed_scores},
               {"targetFree", e.target_free},
               {"effort", effort_line(e)},
               {"notes", json::array()},
               {"targets", json::array()}};
  for (const std::string& note : e.certificate.notes) view["notes"].push_back(clean_text(note));
  return view;
}

json picture_view(const ScoreMaps& maps, std::int64_t sample) {
  const ScoreMap first = maps.map(0, sample);
  return {{"kind", "picture"},
          {"planar", maps.planar()},
          {"pixels", maps.pixels()},
          {"note", maps.note()},
          {"coveredHeight", maps.covered_height()},
          {"coveredWidth", maps.covered_width()},
          {"rows", first.rows},
          {"columns", first.columns}};
}

json common_target(const Explanation& e, std::int64_t target, std::int64_t sample) {
  const TargetRecord& record = e.targets[static_cast<std::size_t>(target)];
  const SampleTarget& facts = record.samples[static_cast<std::size_t>(sample)];
  json gaps = json::array();
  const auto lines = gap_lines(e, target, sample);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    gaps.push_back({{"text", clean_text(lines[i])}, {"note", clean_text(e.certificate.gaps[i].note)}});
  }
  return {{"label", clean_text(target_title(e, target, sample))},
          {"spec", clean_text(record.spec)},
          {"value", facts.value},
          {"probability", facts.probability ? json(*facts.probability) : json(nullptr)},
          {"gaps", std::move(gaps)}};
}

json range_text(const Scale& scale) {
  const std::string high = scale.around_zero ? signed_number(scale.high) : number(scale.high);
  return {(scale.saturated ? "≤ " : "") + number(scale.low), (scale.saturated ? "≥ " : "") + high};
}

}  // namespace

PageData::PageData(const std::string& title, const OverlayOptions& options, TextColours text_colours)
    : options_(options), text_colours_(text_colours) {
  PELLUCID_CHECK(options.alpha >= 0 && options.alpha <= 1, kUsage, "opacity {} is not between 0 and 1", options.alpha);
  data_ = {{"title", clean_text(title)}, {"alpha", options.alpha},      {"raw", options.raw_grid},
           {"pictures", json::array()},  {"colormaps", json::object()}, {"palettes", json::object()},
           {"views", json::array()}};
}

void PageData::add(const HtmlEntry& entry) { entry.explanation.texts.empty() ? add_pictures(entry) : add_texts(entry); }

void PageData::add_pictures(const HtmlEntry& entry) {
  const Explanation& e = entry.explanation;
  const ScoreMaps maps(e);
  const bool pictured = maps.planar() && !entry.pictures.empty();  // not where another input's tokens have the scores
  PELLUCID_ASSERT(!pictured || static_cast<std::int64_t>(entry.pictures.size()) == maps.samples());
  const Colormap colours = chosen_colormap(options_, e.signed_scores);
  remember(colours);
  for (std::int64_t sample = 0; sample < maps.samples(); ++sample) {
    json view = common_view(entry, sample);
    view.update(picture_view(maps, sample));
    view["colormap"] = colours.name();
    if (pictured) view["picture"] = remember(entry.pictures.at(static_cast<std::size_t>(sample)));
    for (std::int64_t target = 0; target < maps.targets(); ++target) {
      json one = common_target(e, target, sample);
      one.update(picture_target(maps, colours, target, sample));
      view["targets"].push_back(std::move(one));
    }
    data_["views"].push_back(std::move(view));
  }
}

void PageData::add_texts(const HtmlEntry& entry) {
  const Explanation& e = entry.explanation;
  const TextScores scores(e);
  PELLUCID_ASSERT(entry.pictures.empty());
  const char* palette = e.signed_scores ? "signed" : "unsigned";
  data_["palettes"][palette] = text_palette(e.signed_scores, text_colours_);
  for (std::int64_t sample = 0; sample < scores.samples(); ++sample) {
    json view = common_view(entry, sample);
    view.update(text_view(scores, sample));
    view["palette"] = palette;
    for (std::int64_t target = 0; target < scores.targets(); ++target) {
      json one = common_target(e, target, sample);
      one.update(text_target(scores, target, sample));
      view["targets"].push_back(std::move(one));
    }
    data_["views"].push_back(std::move(view));
  }
}

json PageData::picture_target(const ScoreMaps& maps, const Colormap& colours, std::int64_t target,
                              std::int64_t sample) const {
  const Scale scale = scale_of(maps, target, sample, colours.diverging(), options_.shared_scale);
  json special = json::array();
  for (const auto& token : maps.special(target, sample)) {
    special.push_back({{"name", clean_text(token.name)}, {"score", token.score}});
  }
  return {{"scores", for_display(maps.map(target, sample).values)},
          {"special", std::move(special)},
          {"scale",
           {{"low", scale.low}, {"high", scale.high}, {"around", scale.around_zero}, {"saturated", scale.saturated}}},
          {"range", range_text(scale)}};
}

json PageData::remember(const Picture& picture) {
  const std::string source = data_url(picture);
  const auto [known, fresh] = pictures_.emplace(source, pictures_.size());
  if (fresh) data_["pictures"].push_back({{"width", picture.width}, {"height", picture.height}, {"source", source}});
  return known->second;
}

void PageData::remember(const Colormap& colours) {
  if (!colormaps_.insert(colours.name()).second) return;
  std::string table;
  for (const Rgb& c : colours.table()) table += fmt::format("{:02x}{:02x}{:02x}", c.red, c.green, c.blue);
  data_["colormaps"][colours.name()] = table;
}

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

std::string characters_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void fill(std::string& page, std::string_view place, const std::string& text) {
  const auto at = page.find(place);
  PELLUCID_ASSERT(at != std::string::npos);
  page.replace(at, place.size(), text);
}

}  // namespace pellucid::render
