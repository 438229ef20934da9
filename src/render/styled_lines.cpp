#include "render/styled_lines.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "render/ansi.hpp"
#include "render/display_width.hpp"
#include "render/text.hpp"

namespace pellucid::render {
namespace {

/// One cluster in its style.
struct Cell {
  std::string text;
  std::size_t width = 0;
  std::size_t run = 0;
  bool space = false;         ///< may vanish at the end of a line
  bool break_behind = false;  ///< a line may end here
};

using Cells = std::vector<Cell>;

/// The cells of all runs, in paragraphs.
std::vector<Cells> cells_of(const std::vector<StyledRun>& runs) {
  std::vector<Cells> paragraphs(1);
  for (std::size_t run = 0; run < runs.size(); ++run) {
    for (const Cluster& cluster : clusters(decode_points(runs[run].text))) {
      if (cluster.points.front() == U'\n') {
        paragraphs.emplace_back();
        continue;
      }
      Cells& cells = paragraphs.back();
      const bool space = cluster.points == U" " && !runs[run].together, wide = cluster.width == 2;
      if (wide && !cells.empty()) cells.back().break_behind = true;
      cells.push_back(
          {encode_utf8(cluster.points), static_cast<std::size_t>(cluster.width), run, space, space || wide});
    }
  }
  return paragraphs;
}

/// Where the line that starts at `from` ends: behind the last place for a break, or where it is full.
std::size_t line_end(const Cells& cells, std::size_t from, std::size_t width) {
  std::size_t used = 0, broken = from, at = from;
  for (; at < cells.size(); ++at) {
    used += cells[at].width;
    if (used > width && !cells[at].space) break;
    if (cells[at].break_behind) broken = at + 1;
  }
  if (at == cells.size()) return at;
  return broken > from ? broken : std::max(at, from + 1);
}

class LineWriter {
 public:
  LineWriter(const std::vector<StyledRun>& runs, std::size_t width, const std::string& paper)
      : runs_(runs), width_(width), paper_(paper) {}

  [[nodiscard]] std::string line(const Cells& cells, std::size_t from, std::size_t to) const {
    while (to > from && cells[to - 1].space) --to;
    std::string text, current;
    std::size_t used = 0;
    const auto style = [&](const std::string& wanted) {
      if (wanted == current) return;
      if (!current.empty()) text += kPlain;
      text += current = wanted;
    };
    for (std::size_t at = from; at < to; ++at) {
      const std::string& own = runs_[cells[at].run].escape;
      style(own.empty() ? paper_ : own);
      text += cells[at].text;
      used += cells[at].width;
    }
    if (!paper_.empty() && used < width_) {
      style(paper_);
      text += std::string(width_ - used, ' ');
    }
    style("");
    return text;
  }

 private:
  const std::vector<StyledRun>& runs_;
  std::size_t width_;
  const std::string& paper_;
};

}  // namespace

std::vector<std::string> broken_into_lines(const std::vector<StyledRun>& runs, std::size_t width,
                                           const std::string& paper) {
  PELLUCID_ASSERT(width >= 2);
  const LineWriter writer(runs, width, paper);
  std::vector<std::string> lines;
  for (const Cells& cells : cells_of(runs)) {
    std::size_t from = 0;
    do {
      const std::size_t to = line_end(cells, from, width);
      lines.push_back(writer.line(cells, from, to));
      from = to;
    } while (from < cells.size());
  }
  return lines;
}

}  // namespace pellucid::render
