#include "render/terminal_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "render/display_width.hpp"
#include "render/styled_lines.hpp"
#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid::render {
namespace {

constexpr std::size_t kStrongest = 8;
constexpr int kLevels = 3;  // of marks where there is no colour

/// What one text and target look like.
struct Look {
  const TerminalOptions& options;
  bool signed_scores = true;
  TextScale scale;
  TextPalette palette;
};

/// "+3 ", "−1 " or, without signs, "2 "; empty for scores near 0.
std::string mark(const Look& look, double score) {
  const double place = look.scale.place(score);
  const auto level = static_cast<int>(std::lround(kLevels * std::min(1.0, std::abs(place))));
  if (level == 0) return "";
  const char* sign = place < 0 ? "−" : look.signed_scores ? "+" : "";
  return fmt::format("{}{} ", sign, level);
}

StyledRun unit_run(const Look& look, std::string_view text, double score) {
  const std::string shown = visible_text(text, true);
  if (look.options.colour) {
    return {shown, painted(look.palette, look.scale.place(score), look.options.depth), false};
  }
  const std::string sign = mark(look, score);
  return sign.empty() ? StyledRun{shown, "", false} : StyledRun{"[" + sign + shown + "]", "", true};
}

std::string paper(const Look& look) {
  return look.options.colour ? painted(look.palette, 0, look.options.depth) : std::string();
}

/// A run on the paper, faint or struck out.
StyledRun quiet_run(const Look& look, const std::string& text, int style) {
  const std::string escape = look.options.colour ? paper(look) + fmt::format("\x1b[{}m", style) : std::string();
  return {text, escape, false};
}

std::vector<StyledRun> runs(const Look& look, const std::vector<TextPart>& parts, const std::vector<double>& scores) {
  constexpr int kFaint = 2, kItalic = 3;
  std::vector<StyledRun> runs;
  for (const TextPart& part : parts) {
    const std::string shown = visible_text(part.text, true);
    switch (part.kind) {
      case TextPart::Kind::kUnit: runs.push_back(unit_run(look, part.text, scores[part.unit])); break;
      case TextPart::Kind::kBetween: runs.push_back({shown, "", false}); break;
      case TextPart::Kind::kSpecial: runs.push_back(quiet_run(look, shown, kFaint)); break;
      case TextPart::Kind::kCut: runs.push_back(quiet_run(look, "✂ " + shown, kItalic)); break;
    }
  }
  return runs;
}

void write_body(Page& page, const Look& look, const TextLayout& layout, const std::vector<double>& scores) {
  const auto width = static_cast<std::size_t>(std::max(12, look.options.width - 2));
  for (std::size_t i = 0; i < layout.sequences.size(); ++i) {
    if (layout.sequences.size() > 1) page.line(i == 0 ? "  first text" : "  second text", 2);
    if (layout.sequences[i].empty()) continue;
    page.lines_as_they_are(broken_into_lines(runs(look, layout.sequences[i], scores), width, paper(look)));
  }
}

/// " red " on its colour, or the bare word.
StyledRun swatch(const Look& look, bool positive) {
  const std::string word = colour_word(look.signed_scores, look.options.text_colours, positive);
  return {" " + word + " ", painted(look.palette, positive ? 1 : -1, look.options.depth), true};
}

std::vector<StyledRun> legend(const Look& look, const std::string& target) {
  const std::string full = number(look.scale.full);
  const auto plain = [](const std::string& text) { return StyledRun{text, "", false}; };
  const std::string positive = look.signed_scores ? " supports " + target : " matters for " + target;
  if (look.options.colour) {
    if (!look.signed_scores) return {swatch(look, true), plain(positive + " · full colour at " + full)};
    return {swatch(look, true), plain(positive + " · "), swatch(look, false),
            plain(" opposes it · full colour at ±" + full)};
  }
  const std::string levels = fmt::format("1 to {}, where {} is ", kLevels, kLevels);
  if (!look.signed_scores) return {plain(fmt::format("[n word]{} · n: {}{}", positive, levels, full))};
  return {plain(fmt::format("[+n word]{} · [−n word] opposes it · n: {}±{}", positive, levels, full))};
}

std::vector<std::size_t> strongest(const std::vector<double>& scores) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] != 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(scores[a]) > std::abs(scores[b]); });
  order.resize(std::min(order.size(), kStrongest));
  return order;
}

std::string in_words(double score, bool signed_scores) { return signed_scores ? signed_number(score) : number(score); }

void write_strongest(Page& page, const Look& look, const TokenizedText& text, const TextLayout& layout,
                     const std::vector<double>& scores) {
  constexpr std::size_t kLongest = 30;
  const char* kind = look.options.pieces ? "piece" : "word";
  const auto shown = [&](std::size_t i) {
    const UnitSpan& unit = layout.units[i];
    return fit_width(visible_text(text_of(text, unit.sequence, unit.begin, unit.end)), kLongest);
  };
  const std::vector<std::size_t> order = strongest(scores);
  std::size_t widest = 0;
  for (const std::size_t i : order) widest = std::max(widest, display_width(shown(i)));
  for (const std::size_t i : order) {
    const std::string word = shown(i), blanks(widest - display_width(word), ' ');
    page.line(
        fmt::format("  {}   {}{}   {} {}", padded(in_words(scores[i], look.signed_scores), 10), word, blanks, kind, i));
  }
}

void write_apart(Page& page, const Look& look, const TextScores& scores, std::int64_t target, std::int64_t sample) {
  std::vector<std::string> special, placeless;
  for (const TokenApart& token : scores.apart(target, sample)) {
    auto& list = token.special ? special : placeless;
    list.push_back(visible_text(token.piece) + " " + in_words(token.score, look.signed_scores));
  }
  if (!special.empty()) page.paragraph("  special tokens: ", fmt::format("{}", fmt::join(special, " · ")), 2);
  if (!placeless.empty()) {
    page.paragraph("  tokens without a place in the text: ", fmt::format("{}", fmt::join(placeless, " · ")), 2);
  }
}

void write_target(Page& page, const Look& look, const TextScores& scores, const Explanation& explanation,
                  std::int64_t target, std::int64_t sample) {
  const TextUnit unit = look.options.pieces ? TextUnit::kPieces : TextUnit::kWords;
  const TokenizedText& text = scores.text(sample);
  const TextLayout layout = lay_out(text, unit);
  const std::vector<double> sums = scores.sums(target, sample, layout.units);
  const std::string title = visible_text(target_title(explanation, target, sample));
  page.gap();
  page.line(fmt::format("{}   {}", title, target_facts(explanation, target, sample)), 1);
  write_body(page, look, layout, sums);
  const auto width = static_cast<std::size_t>(std::max(12, look.options.width - 2));
  if (layout.units.empty()) {
    page.paragraph("  ", no_words_message());
  } else if (std::all_of(sums.begin(), sums.end(), [](double sum) { return sum == 0; })) {
    page.line("  all scores are zero");
  } else {
    page.lines_as_they_are(broken_into_lines(legend(look, title), width));
    write_strongest(page, look, text, layout, sums);
  }
  write_apart(page, look, scores, target, sample);
  for (const std::string& line : gap_lines(explanation, target, sample)) page.line("  " + line, 2);
}

}  // namespace

void write_text(Page& page, const TextScores& scores, const Explanation& explanation, std::int64_t sample,
                const TerminalOptions& options) {
  const TextUnit unit = options.pieces ? TextUnit::kPieces : TextUnit::kWords;
  const Look look{options, explanation.signed_scores,
                  options.own_scales ? scores.scale(sample, unit) : scores.common_scale(unit),
                  TextPalette(explanation.signed_scores, options.text_colours, options.dark)};
  if (const std::string cut = cut_message(scores.text(sample)); !cut.empty()) page.paragraph("", cut);
  for (std::int64_t target = 0; target < scores.targets(); ++target) {
    write_target(page, look, scores, explanation, target, sample);
  }
}

}  // namespace pellucid::render
