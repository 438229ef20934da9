#include "render/panel.hpp"

#include "render/words.hpp"

namespace pellucid::render {
namespace {

constexpr std::int64_t kTitleLine = 26, kFactsLine = 20, kAbovePicture = 10;
constexpr std::int64_t kBar = 10, kAboveBar = 14, kNumbersLine = 22, kCaptionLine = 18;

Rgb over_white(Rgb colour, double opacity) {
  const auto mix = [&](std::uint8_t value) { return static_cast<std::uint8_t>(255.5 + opacity * (value - 255.0)); };
  return {mix(colour.red), mix(colour.green), mix(colour.blue)};
}

void draw_bar(Canvas& canvas, const Legend& legend, const Box& box) {
  canvas.fill({box.left - 1, box.top - 1, box.width + 2, box.height + 2}, {0xD9, 0xDC, 0xE2},
              static_cast<double>(box.height) / 2 + 1);
  for (std::int64_t x = 0; x < box.width; ++x) {
    const double place = (static_cast<double>(x) + 0.5) / static_cast<double>(box.width);
    const Scale& scale = legend.scale;
    const double score = scale.low + place * (scale.high - scale.low);
    const double opacity = legend.alpha * relative_opacity(scale.strength(score));
    const Rgb colour = over_white(legend.colours.at(scale.place(score)), opacity);
    for (std::int64_t y = 0; y < box.height; ++y) {
      canvas.blend(box.left + x, box.top + y, colour, corner_coverage(box, static_cast<double>(box.height) / 2, x, y));
    }
  }
}

void draw_numbers(Canvas& canvas, const Font& font, const Legend& legend, const Box& line) {
  const auto left = static_cast<double>(line.left), width = static_cast<double>(line.width);
  const std::int64_t baseline = line.top + line.height - 6;
  const auto put = [&](const std::string& text, double part) {
    font.draw(canvas, left + part * (width - font.width(text, look::kSmall)), baseline, text, look::kSmall);
  };
  const Scale& scale = legend.scale;
  if (scale.low == scale.high) {
    put("every score is " + number(scale.low), 0.5);
    return;
  }
  const std::string low = (scale.saturated ? "≤ " : "") + number(scale.low);
  const std::string high =
      (scale.saturated ? "≥ " : "") + (scale.around_zero ? signed_number(scale.high) : number(scale.high));
  put(legend.signed_scores && scale.around_zero ? low + "  against" : low, 0);
  if (scale.around_zero) put("0", 0.5);
  put(legend.signed_scores && scale.around_zero ? "for  " + high : high, 1);
}

}  // namespace

std::int64_t panel_height(const Panel& panel) {
  return kTitleLine + kFactsLine + kAbovePicture + panel.picture.height +
         (panel.legend ? kAboveBar + kBar + kNumbersLine : 0) +
         static_cast<std::int64_t>(panel.captions.size()) * kCaptionLine + (panel.captions.empty() ? 0 : 2);
}

void draw_panel(Canvas& canvas, const Font& font, const Panel& panel, std::int64_t left, std::int64_t top) {
  const auto width = static_cast<double>(panel.picture.width);
  const auto write = [&](const std::string& text, std::int64_t baseline, const TextStyle& style) {
    font.draw(canvas, static_cast<double>(left), baseline, font.fitted(text, style, width), style);
  };
  write(panel.title, top + 18, look::kTitle);
  top += kTitleLine;
  write(panel.facts, top + 13, look::kFacts);
  top += kFactsLine + kAbovePicture;
  canvas.draw(panel.picture, left, top, look::kRadius);
  top += panel.picture.height;
  if (panel.legend) {
    draw_bar(canvas, *panel.legend, {left, top + kAboveBar, panel.picture.width, kBar});
    top += kAboveBar + kBar;
    draw_numbers(canvas, font, *panel.legend, {left, top, panel.picture.width, kNumbersLine});
    top += kNumbersLine;
  }
  for (const std::string& caption : panel.captions) {
    write(caption, top + 16, look::kSmall);
    top += kCaptionLine;
  }
}

}  // namespace pellucid::render
