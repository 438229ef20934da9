#include "render/html_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid::render {
namespace {

using nlohmann::json;

const char* kind_name(TextPart::Kind kind) {
  switch (kind) {
    case TextPart::Kind::kUnit: return "unit";
    case TextPart::Kind::kSpecial: return "token";
    case TextPart::Kind::kCut: return "cut";
    case TextPart::Kind::kBetween: break;
  }
  return "between";
}

/// Every stretch of the text as [kind, text] or ["unit", text, index], the pieces of every unit, the scales.
json in_units(const TextScores& scores, std::int64_t sample, TextUnit unit) {
  const TokenizedText& text = scores.text(sample);
  const TextLayout layout = lay_out(text, unit);
  json sequences = json::array(), pieces = json::array();
  for (const auto& parts : layout.sequences) {
    json sequence = json::array();
    for (const TextPart& part : parts) {
      json entry = json::array({kind_name(part.kind), visible_text(part.text, true)});
      if (part.kind == TextPart::Kind::kUnit) entry.push_back(part.unit);
      sequence.push_back(std::move(entry));
    }
    sequences.push_back(std::move(sequence));
  }
  for (const UnitSpan& span : layout.units) {
    json names = json::array();
    for (const std::int64_t index : span.tokens) {
      names.push_back(visible_text(text.tokens[static_cast<std::size_t>(index)].piece));
    }
    pieces.push_back(std::move(names));
  }
  return {{"sequences", std::move(sequences)},
          {"pieces", std::move(pieces)},
          {"own", scores.scale(sample, unit).full},
          {"all", scores.common_scale(unit).full}};
}

std::string hex(const Rgb& colour) { return fmt::format("{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }

}  // namespace

json for_display(const std::vector<double>& scores) {
  json list = json::array();
  for (const double score : scores) list.push_back(std::stod(fmt::format("{:.7g}", score)));
  return list;
}

json text_view(const TextScores& scores, std::int64_t sample) {
  constexpr std::size_t kExcerpt = 48;
  const TokenizedText& text = scores.text(sample);
  const std::string excerpt = shortened(visible_text(text.text), kExcerpt);
  return {{"kind", "text"},
          {"excerpt", excerpt.empty() ? "(empty text)" : excerpt},
          {"texts", {visible_text(text.text), text.pair ? json(visible_text(*text.pair)) : json(nullptr)}},
          {"note", scores.note()},
          {"cut", cut_message(text)},
          {"noWords", no_words_message()},
          {"units",
           {{"words", in_units(scores, sample, TextUnit::kWords)},
            {"pieces", in_units(scores, sample, TextUnit::kPieces)}}}};
}

json text_target(const TextScores& scores, std::int64_t target, std::int64_t sample) {
  const TokenizedText& text = scores.text(sample);
  json special = json::array();
  for (const TokenApart& token : scores.apart(target, sample)) {
    special.push_back({{"name", visible_text(token.piece)}, {"special", token.special}, {"score", token.score}});
  }
  const auto sums = [&](TextUnit unit) { return for_display(scores.sums(target, sample, lay_out(text, unit).units)); };
  return {{"words", sums(TextUnit::kWords)}, {"pieces", sums(TextUnit::kPieces)}, {"special", std::move(special)}};
}

json text_palette(bool signed_scores, TextColours colours) {
  json palette = {{"words",
                   {{"positive", colour_word(signed_scores, colours, true)},
                    {"negative", colour_word(signed_scores, colours, false)}}}};
  for (const bool dark : {false, true}) {
    std::string table, inks;
    const TextPalette shades(signed_scores, colours, dark);
    for (const Paint& paint : shades.table()) {
      table += hex(paint.background);
      inks += paint.ink == Rgb{0, 0, 0} ? 'b' : 'w';
    }
    palette[dark ? "dark" : "light"] = table;
    palette[dark ? "darkInk" : "lightInk"] = inks;
  }
  return palette;
}

}  // namespace pellucid::render
