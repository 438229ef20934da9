#include "render/terminal_comparison.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "render/display_width.hpp"
#include "render/terminal_page.hpp"
#include "render/text.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace render {
namespace {

constexpr std::size_t kCell = 7;

/// Two digits behind the point, with a real minus sign.
std::string two_digits(double value) {
  std::string shown;
  for (const char c : fmt::format("{:.2f}", value)) shown += c == '-' ? "−" : std::string(1, c);
  return shown;
}

/// "A", …, "Z", "AA", …: as on the page.
std::string letter(std::size_t i) {
  const std::string last(1, static_cast<char>('A' + i % 26));
  return i < 26 ? last : letter(i / 26 - 1) + last;
}

std::string places_in_words(const std::string& place) { return place == "patch" ? "patches" : place + "s"; }

/// Writes the tables of one comparison.
class Tables {
 public:
  Tables(Page& page, const std::vector<Explanation>& explanations, const Comparison& comparison, int width)
      : page_(page), explanations_(explanations), comparison_(comparison) {
    for (const std::int64_t i : comparison.compared) {
      const auto at = static_cast<std::size_t>(i);
      names_.push_back(letter(at) + "  " + method_title(explanations[at]));
      letters_.push_back(letter(at));
      head_ = std::max(head_, display_width(names_.back()));
    }
    const std::size_t cells = kCell * (letters_.size() + 1) + 2;
    const auto room = static_cast<std::size_t>(std::max(40, width));
    head_ = std::min(std::max<std::size_t>(head_, 24), room > cells + 16 ? room - cells : 16);
  }

  void write() {
    write_left_out();
    if (letters_.size() > 1) write_agreement();
    if (!comparison_.no_curves.empty()) page_.paragraph("", "no deletion curves: " + clean_text(comparison_.no_curves));
    if (!comparison_.replacement.empty()) write_areas();
  }

 private:
  void write_left_out() {
    for (std::size_t i = 0; i < comparison_.left_out.size(); ++i)
      if (!comparison_.left_out[i].empty())
        page_.paragraph("", fmt::format("{} is left out of what follows: {}", method_title(explanations_[i]),
                                        clean_text(comparison_.left_out[i])));
  }

  [[nodiscard]] std::string over() const {
    const std::size_t cases = comparison_.targets.size() * comparison_.samples.size();
    const std::string of = comparison_.samples.size() == 1
                               ? fmt::format("{} {}", comparison_.samples[0].places, places_in_words(comparison_.place))
                               : places_in_words(comparison_.place);
    return of + (cases == 1 ? "" : fmt::format(", mean of {} pairs of input and target", cases));
  }

  [[nodiscard]] std::string strongest() const {
    const ComparedSample& sample = comparison_.samples.front();
    return comparison_.samples.size() == 1 ? fmt::format(", {} of {}", sample.strongest, sample.places) : "";
  }

  void write_agreement() {
    page_.line("— Rank correlation (Spearman) over " + over(), 1);
    row("", letters_);
    for (std::size_t i = 0; i < letters_.size(); ++i) {
      std::vector<std::string> cells;
      for (const auto& value : comparison_.mean.rank_correlation[i]) cells.push_back(value ? two_digits(*value) : "–");
      row(names_[i], cells);
    }
    page_.line("— Share of the strongest in common" + strongest(), 1);
    row("", letters_);
    for (std::size_t i = 0; i < letters_.size(); ++i) {
      std::vector<std::string> cells;
      for (const double value : comparison_.mean.overlap[i]) cells.push_back(two_digits(value));
      row(names_[i], cells);
    }
  }

  void write_areas() {
    page_.line(fmt::format("— Area under the deletion curve, {} replaced by {}: low is good",
                           places_in_words(comparison_.place), comparison_.replacement),
               1);
    std::vector<std::string> heads = letters_;
    if (!first().random.values.empty()) heads.emplace_back("random");
    row("", heads);
    for (std::size_t b = 0; b < comparison_.samples.size(); ++b)
      for (std::size_t k = 0; k < comparison_.targets.size(); ++k) {
        const ComparedTarget& one = comparison_.targets[k][b];
        const auto target = static_cast<std::int64_t>(k), sample = static_cast<std::int64_t>(b);
        const std::string label = clean_text(target_title(explanations_.front(), target, sample));
        const std::string input = clean_text(sample_title(explanations_.front(), sample));
        row(fmt::format("{}{} · {}", one.probability ? "" : "value of ", label, input), areas(one));
      }
    if (comparison_.mean.probability && comparison_.targets.size() * comparison_.samples.size() > 1)
      row("mean", areas(comparison_.mean));
  }

  [[nodiscard]] const ComparedTarget& first() const { return comparison_.targets.front().front(); }

  [[nodiscard]] std::vector<std::string> areas(const ComparedTarget& one) const {
    std::vector<std::string> cells;
    for (const DeletionCurve& curve : one.curves) cells.push_back(two_digits(curve.area));
    if (!first().random.values.empty()) cells.push_back(two_digits(one.random.area));
    return cells;
  }

  void row(const std::string& name, const std::vector<std::string>& cells) {
    const std::string shown = fit_width(name, head_);
    std::string line = "  " + shown + std::string(head_ - display_width(shown), ' ');
    for (const std::string& cell : cells) line += padded(cell, kCell);
    page_.line(line);
  }

  Page& page_;
  const std::vector<Explanation>& explanations_;
  const Comparison& comparison_;
  std::vector<std::string> names_, letters_;  // of the compared explanations
  std::size_t head_ = 0;
};

}  // namespace
}  // namespace render

std::string render_comparison_terminal(const std::vector<Explanation>& explanations, const Comparison& comparison,
                                       const TerminalOptions& options) {
  render::Page page(options);
  render::Tables(page, explanations, comparison, options.width).write();
  return page.take();
}

}  // namespace pellucid
