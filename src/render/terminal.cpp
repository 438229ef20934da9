#include "render/terminal.hpp"

#include <fmt/format.h>

#include "render/terminal_map.hpp"
#include "render/terminal_page.hpp"
#include "render/terminal_text.hpp"
#include "render/text.hpp"
#include "render/text_scores.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace {

using namespace render;

constexpr std::size_t kPlaces = 5;

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
  page.lines_as_they_are(options.colour ? coloured_map(map, scale, colours, width, options.depth)
                                        : shaded_map(map, scale, width));
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

/// What stands above all samples; `hint` says how to read them.
void write_head(Page& page, const Explanation& explanation, const std::string& hint, const std::string& note) {
  page.line(method_title(explanation), 1);
  page.line("model " + explanation.model_path, 2);
  page.line(effort_line(explanation), 2);
  if (!hint.empty()) page.line(hint, 2);
  if (!note.empty()) page.line("scores " + note, 2);
  if (explanation.target_free) page.line("the scores are the same for every target", 2);
}

void write_maps(Page& page, const Explanation& explanation, const TerminalOptions& options) {
  const ScoreMaps maps(explanation);
  write_head(page, explanation, maps.planar() ? "rows and columns count from 0 at the top left" : "", maps.note());
  for (std::int64_t sample = 0; sample < maps.samples(); ++sample) {
    page.gap();
    page.line("— " + sample_title(explanation, sample), 1);
    for (std::int64_t target = 0; target < maps.targets(); ++target) {
      write_target(page, maps, explanation, target, sample, options);
    }
  }
}

void write_texts(Page& page, const Explanation& explanation, const TerminalOptions& options) {
  const TextScores scores(explanation);
  write_head(page, explanation, "", scores.note());
  for (std::int64_t sample = 0; sample < scores.samples(); ++sample) {
    page.gap();
    page.line("— " + sample_title(explanation, sample), 1);
    write_text(page, scores, explanation, sample, options);
  }
}

}  // namespace

std::string render_terminal(const Explanation& explanation, const TerminalOptions& options) {
  Page page(options);
  explanation.texts.empty() ? write_maps(page, explanation, options) : write_texts(page, explanation, options);
  if (!explanation.certificate.notes.empty()) page.gap();
  for (const std::string& note : explanation.certificate.notes) page.paragraph("note: ", clean_text(note));
  return page.take();
}

}  // namespace pellucid
