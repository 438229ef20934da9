#include "render/png_overlay.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.hpp"
#include "render/panel.hpp"
#include "render/png_file.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace {

using namespace render;

/// Panels in rows under a heading.
struct Sheet {
  std::string heading, subheading;
  std::vector<std::vector<Panel>> rows;
  std::vector<std::string> column_notes;  ///< below the last row; empty where there are none
  std::vector<std::string> notes;         ///< at the bottom, over the whole width
};

constexpr std::int64_t kHeadingHeight = 74, kColumnNotesHeight = 30, kNoteLine = 20;

std::int64_t row_height(const std::vector<Panel>& row) {
  std::int64_t height = 0;
  for (const Panel& panel : row) height = std::max(height, panel_height(panel));
  return height;
}

std::vector<std::int64_t> column_widths(const Sheet& sheet) {
  std::vector<std::int64_t> widths;
  for (const auto& row : sheet.rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].picture.width);
  }
  return widths;
}

std::int64_t sheet_width(const Sheet& sheet) {
  std::int64_t width = 2 * look::kMargin - look::kGap;
  for (const std::int64_t column : column_widths(sheet)) width += column + look::kGap;
  return width;
}

std::int64_t sheet_height(const Sheet& sheet, std::size_t note_lines) {
  std::int64_t height = 2 * look::kMargin - look::kRowGap + kHeadingHeight;
  for (const auto& row : sheet.rows) height += row_height(row) + look::kRowGap;
  height += sheet.column_notes.empty() ? 0 : kColumnNotesHeight;
  return height + (note_lines == 0 ? 0 : kNoteLine / 2 + kNoteLine * static_cast<std::int64_t>(note_lines));
}

void draw_line(Canvas& canvas, const Font& font, std::int64_t left, std::int64_t baseline, std::int64_t width,
               const std::string& text, const TextStyle& style) {
  font.draw(canvas, static_cast<double>(left), baseline, font.fitted(text, style, static_cast<double>(width)), style);
}

/// Column notes and notes; `top` is the bottom of the last row.
void draw_notes(Canvas& canvas, const Font& font, const Sheet& sheet, const std::vector<std::string>& lines,
                std::int64_t top) {
  const auto widths = column_widths(sheet);
  std::int64_t left = look::kMargin;
  for (std::size_t i = 0; i < sheet.column_notes.size(); left += widths[i++] + look::kGap) {
    draw_line(canvas, font, left, top + 22, widths[i], sheet.column_notes[i], look::kSmall);
  }
  top += (sheet.column_notes.empty() ? 0 : kColumnNotesHeight) + kNoteLine / 2;
  for (const std::string& line : lines) {
    top += kNoteLine;
    font.draw(canvas, look::kMargin, top - 5, line, look::kNote);
  }
}

std::vector<std::byte> draw_sheet(const Sheet& sheet) {
  const Font font;
  const std::int64_t text_width = sheet_width(sheet) - 2 * look::kMargin;
  std::vector<std::string> lines;
  for (const std::string& note : sheet.notes) {
    const auto broken = font.broken("Note: " + note, look::kNote, static_cast<double>(text_width));
    lines.insert(lines.end(), broken.begin(), broken.end());
  }
  Canvas canvas(sheet_width(sheet), sheet_height(sheet, lines.size()), look::kBackground);
  draw_line(canvas, font, look::kMargin, look::kMargin + 22, text_width, sheet.heading, look::kHeading);
  draw_line(canvas, font, look::kMargin, look::kMargin + 46, text_width, sheet.subheading, look::kFacts);
  const auto widths = column_widths(sheet);
  std::int64_t top = look::kMargin + kHeadingHeight;
  for (const auto& row : sheet.rows) {
    std::int64_t left = look::kMargin;
    for (std::size_t i = 0; i < row.size(); left += widths[i++] + look::kGap) {
      draw_panel(canvas, font, row[i], left, top);
    }
    top += row_height(row) + look::kRowGap;
  }
  draw_notes(canvas, font, sheet, lines, top - look::kRowGap);
  return encode_png(canvas.picture());
}

/// An explanation with its scores and colours at hand.
struct Drawn {
  const Explanation& explanation;
  ScoreMaps maps;
  Colormap colours;

  Drawn(const Explanation& e, const OverlayOptions& options)
      : explanation(e), maps(e), colours(chosen_colormap(options, e.signed_scores)) {
    PELLUCID_CHECK(maps.planar(), kUnsupported,
                   "the scores of {} are a list of tokens, not a plane: write .html or .json", e.method);
  }

  /// One panel does for all targets where they have the same map.
  [[nodiscard]] std::int64_t shown_targets() const { return explanation.target_free ? 1 : maps.targets(); }

  [[nodiscard]] Panel panel(std::int64_t target, std::int64_t sample, const Picture& shown,
                            const OverlayOptions& options) const {
    const ScoreMap map = maps.map(target, sample);
    const Scale scale = scale_of(maps, target, sample, colours.diverging(), options.shared_scale);
    Panel panel{target_title(explanation, target, sample),
                target_facts(explanation, target, sample),
                overlay(shown, maps, map, scale, colours, options),
                Legend{colours, scale, options.alpha, explanation.signed_scores},
                {}};
    if (!maps.note().empty()) panel.captions.push_back("scores " + maps.note());
    return panel;
  }
};

Panel input_panel(const Explanation& explanation, std::int64_t sample, const Picture& picture, const Picture& shown) {
  return {sample_title(explanation, sample),
          fmt::format("the model's input, {} × {} pixels", picture.width, picture.height),
          shown,
          std::nullopt,
          {}};
}

void require_pictures(const Drawn& drawn, const std::vector<Picture>& pictures) {
  PELLUCID_ASSERT(drawn.maps.samples() == static_cast<std::int64_t>(pictures.size()));
}

/// Refuses early what Canvas would refuse after all panels were drawn.
void require_room(std::int64_t panels, const std::vector<Picture>& pictures, const OverlayOptions& options) {
  for (const Picture& picture : pictures) {
    const Picture shown = shown_size(picture, options.min_side);
    const std::int64_t height = panel_height({"", "", shown, std::nullopt, {}}) + look::kRowGap;
    PELLUCID_CHECK(panels <= kMaxPixels / ((shown.width + look::kGap) * height), kUsage,
                   "{} panels of {} × {} pixels are too many for one picture: ask for fewer targets or samples, or "
                   "write .html",
                   panels, shown.width, shown.height);
  }
}

/// The panels of one explanation: for each sample its picture and its targets.
std::int64_t panel_count(const Drawn& drawn) { return drawn.maps.samples() * (drawn.shown_targets() + 1); }

/// The panels of a comparison: for each sample and target the picture and one per method.
std::int64_t panel_count(const Drawn& drawn, std::size_t methods) {
  return drawn.maps.samples() * drawn.maps.targets() * static_cast<std::int64_t>(methods + 1);
}

std::string model_line(const Explanation& explanation) {
  return fmt::format("model {} · {}", model_title(explanation.model_path), effort_line(explanation));
}

/// What a panel says below its legend: tokens outside the picture, and the gaps.
std::vector<std::string> captions(const Drawn& drawn, std::int64_t target, std::int64_t sample) {
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& parts) {
    if (!parts.empty()) lines.push_back(fmt::format("{}", fmt::join(parts, " · ")));
  };
  if (drawn.explanation.target_free) add({"the same for every target"});
  add(special_lines(drawn.maps, target, sample, drawn.explanation.signed_scores));
  add(gap_lines(drawn.explanation, target, sample));
  return lines;
}

}  // namespace

void require_png(const Explanation& outline, const std::vector<Picture>& pictures, const OverlayOptions& options) {
  const Drawn drawn(outline, options);
  require_pictures(drawn, pictures);
  require_room(panel_count(drawn), pictures, options);
}

void require_comparison_png(const Explanation& outline, std::size_t methods, const std::vector<Picture>& pictures,
                            const OverlayOptions& options) {
  const Drawn drawn(outline, options);
  require_pictures(drawn, pictures);
  require_room(panel_count(drawn, methods), pictures, options);
}

std::vector<std::byte> render_png(const Explanation& explanation, const std::vector<Picture>& pictures,
                                  const OverlayOptions& options) {
  const Drawn drawn(explanation, options);
  require_pictures(drawn, pictures);
  require_room(panel_count(drawn), pictures, options);
  Sheet sheet{method_title(explanation), model_line(explanation), {}, {}, explanation.certificate.notes};
  for (std::int64_t sample = 0; sample < drawn.maps.samples(); ++sample) {
    const Picture& picture = pictures[static_cast<std::size_t>(sample)];
    const Picture shown = shown_size(picture, options.min_side);
    std::vector<Panel> row{input_panel(explanation, sample, picture, shown)};
    for (std::int64_t target = 0; target < drawn.shown_targets(); ++target) {
      row.push_back(drawn.panel(target, sample, shown, options));
      for (std::string& line : captions(drawn, target, sample)) row.back().captions.push_back(std::move(line));
    }
    sheet.rows.push_back(std::move(row));
  }
  return draw_sheet(sheet);
}

std::vector<std::byte> render_comparison_png(const std::vector<Explanation>& explanations,
                                             const std::vector<Picture>& pictures, const OverlayOptions& options) {
  PELLUCID_CHECK(!explanations.empty(), kUsage, "there is nothing to compare");
  std::vector<Drawn> columns;
  for (const Explanation& explanation : explanations) {
    columns.emplace_back(explanation, options);
    require_pictures(columns.back(), pictures);
    PELLUCID_CHECK(columns.back().maps.targets() == columns.front().maps.targets(), kUsage,
                   "{} explains {} targets and {} explains {}: compare the same ones", explanation.method,
                   columns.back().maps.targets(), explanations.front().method, columns.front().maps.targets());
  }
  require_room(panel_count(columns.front(), columns.size()), pictures, options);
  Sheet sheet{fmt::format("{} methods compared", explanations.size()),
              "model " + model_title(explanations.front().model_path) +
                  (options.shared_scale ? " · every method has one scale for all targets of a picture"
                                        : " · every panel has a scale of its own"),
              {},
              {""},
              {}};
  for (const Explanation& explanation : explanations) {
    sheet.column_notes.push_back(certificate_summary(explanation));
    for (const std::string& note : explanation.certificate.notes) {
      sheet.notes.push_back(method_title(explanation) + ": " + note);
    }
  }
  for (std::int64_t sample = 0; sample < columns.front().maps.samples(); ++sample) {
    const Picture& picture = pictures[static_cast<std::size_t>(sample)];
    const Picture shown = shown_size(picture, options.min_side);
    for (std::int64_t target = 0; target < columns.front().maps.targets(); ++target) {
      Panel input = input_panel(explanations.front(), sample, picture, shown);
      input.facts = target_title(explanations.front(), target, sample) + " · " +
                    target_facts(explanations.front(), target, sample);
      std::vector<Panel> row{std::move(input)};
      for (const Drawn& column : columns) {
        row.push_back(column.panel(target, sample, shown, options));
        row.back().facts = row.back().title;
        row.back().title = method_title(column.explanation);
        if (column.explanation.target_free) row.back().facts = "the same for every target";
      }
      sheet.rows.push_back(std::move(row));
    }
  }
  return draw_sheet(sheet);
}

}  // namespace pellucid
