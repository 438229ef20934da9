#include "render/terminal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"
#include "render/terminal_map.hpp"
#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace {

using namespace render;

constexpr std::size_t kPlaces = 5;

/// Collects lines, no text of them wider than the terminal.
class Page {
 public:
  explicit Page(const TerminalOptions& options) : options_(options) {}

  /// `style` is a parameter of the escape "select graphic rendition": 1 bold, 2 faint.
  void line(const std::string& text, int style = 0) {
    const std::string shown = shortened(text, static_cast<std::size_t>(std::max(10, options_.width)));
    text_ += options_.colour && style != 0 ? fmt::format("\x1b[{}m{}\x1b[0m\n", style, shown) : shown + "\n";
  }
  void lines_as_they_are(const std::vector<std::string>& lines) {
    for (const auto& line : lines) text_ += "  " + line + "\n";
  }
  /// A text of any length, broken between words.
  void paragraph(const std::string& mark, const std::string& text) {
    const std::string indent(text_length(mark), ' ');
    std::string current = mark;
    bool empty = true;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      const std::string word = text.substr(at, end - at);
      at = end + 1;
      if (!empty && text_length(current) + 1 + text_length(word) > static_cast<std::size_t>(options_.width)) {
        line(current);
        current = indent;
        empty = true;
      }
      current += (empty ? "" : " ") + word;
      empty = false;
    }
    line(current);
  }
  void gap() { text_ += "\n"; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  TerminalOptions options_;
  std::string text_;
};

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text_length(text)), ' ') + text;
}

void write_places(Page& page, const ScoreMaps& maps, const ScoreMap& map, const Explanation& explanation) {
  const auto places = strongest_places(map, kPlaces);
  if (places.empty()) return page.line("  every score is 0");
  for (const StrongPlace& place : places) {
    const std::string score = padded(explanation.signed_scores ? signed_number(place.score) : number(place.score), 10);
    page.line(maps.planar() ? fmt::format("  {}   row {}, column {} ({})", score, place.row, place.column,
                                          place_in_words(map, place.row, place.column))
                            : fmt::format("  {}   token {}", score, place.column));
  }
}

void write_map(Page& page, const ScoreMaps& maps, const ScoreMap& map, const Explanation& explanation,
               const TerminalOptions& options) {
  const Colormap colours = default_colormap(explanation.signed_scores);
  const Scale scale = scale_of(map, colours.diverging(), maps.pixels());
  const int width = options.width - 2;
  page.gap();
  page.lines_as_they_are(options.colour ? coloured_map(map, scale, colours, width) : shaded_map(map, scale, width));
  const std::string high = scale.around_zero ? signed_number(scale.high) : number(scale.high);
  page.line(scale.low == scale.high ? "  every score is " + number(scale.low)
                                    : fmt::format("  scale {} … {}", number(scale.low), high),
            2);
}

void write_target(Page& page, const ScoreMaps& maps, const Explanation& explanation, std::int64_t target,
                  std::int64_t sample, const TerminalOptions& options) {
  const ScoreMap map = maps.map(target, sample);
  page.gap();
  page.line(
      fmt::format("{}   {}", target_title(explanation, target, sample), target_facts(explanation, target, sample)), 1);
  write_places(page, maps, map, explanation);
  for (const SpecialScore& special : maps.special(target, sample)) {
    page.line(fmt::format("  {}   {} token", padded(signed_number(special.score), 10), special.name));
  }
  if (maps.planar()) write_map(page, maps, map, explanation, options);
  for (const std::string& line : gap_lines(explanation, target, sample)) page.line("  " + line, 2);
}

}  // namespace

std::string render_terminal(const Explanation& explanation, const TerminalOptions& options) {
  const ScoreMaps maps(explanation);
  Page page(options);
  page.line(method_title(explanation), 1);
  page.line("model " + explanation.model_path, 2);
  page.line(effort_line(explanation), 2);
  if (maps.planar()) page.line("rows and columns count from 0 at the top left", 2);
  if (!maps.note().empty()) page.line("scores " + maps.note(), 2);
  if (explanation.target_free) page.line("the scores are the same for every target", 2);
  for (std::int64_t sample = 0; sample < maps.samples(); ++sample) {
    page.gap();
    page.line("— " + sample_title(explanation, sample), 1);
    for (std::int64_t target = 0; target < maps.targets(); ++target) {
      write_target(page, maps, explanation, target, sample, options);
    }
  }
  if (!explanation.certificate.notes.empty()) page.gap();
  for (const std::string& note : explanation.certificate.notes) page.paragraph("note: ", clean_text(note));
  return page.take();
}

}  // namespace pellucid
