#include "render/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.hpp"
#include "render/text.hpp"

namespace pellucid::render {
namespace {

const SampleTarget& at(const Explanation& explanation, std::int64_t target, std::int64_t sample) {
  return explanation.targets.at(static_cast<std::size_t>(target)).samples.at(static_cast<std::size_t>(sample));
}

double entry(const std::vector<std::vector<double>>& table, std::int64_t target, std::int64_t sample) {
  return table.at(static_cast<std::size_t>(target)).at(static_cast<std::size_t>(sample));
}

std::string passes(std::int64_t count, const std::string& kind) {
  return fmt::format("{} {} pass{}", count, kind, count == 1 ? "" : "es");
}

}  // namespace

std::string number(double value) {
  std::string text = fmt::format("{:.3g}", value == 0 ? 0.0 : value);
  if (const auto e = text.find('e'); e != std::string::npos) {  // "1e-06" → "1e-6"
    const bool negative = text[e + 1] == '-';
    const auto digit = std::min(text.find_first_not_of("+-0", e + 1), text.size() - 1);
    text = text.substr(0, e + 1) + (negative ? "-" : "") + text.substr(digit);
  }
  std::string shown;
  for (const char c : text) shown += c == '-' ? "−" : std::string(1, c);
  return shown;
}

std::string signed_number(double value) { return (value > 0 ? "+" : "") + number(value); }

std::string percent(double share) {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  if (share < 1 && share > 0.9995) return "> 99.9 %";
  return fmt::format("{:.1f} %", 100 * share);
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

std::string model_title(const std::string& path) {
  std::filesystem::path file(path);
  if (file.filename() != "model.onnx") return file.filename().string();
  std::filesystem::path folder = file.parent_path();
  if (folder.filename() == "onnx") folder = folder.parent_path();
  return folder.filename().empty() ? file.filename().string() : folder.filename().string();
}

std::string method_title(const Explanation& explanation) {
  return explanation.rules.empty() ? explanation.method : explanation.method + " · " + explanation.rules;
}

std::string target_title(const Explanation& explanation, std::int64_t target, std::int64_t sample) {
  const std::string& label = at(explanation, target, sample).label;
  return label.empty() ? explanation.targets[static_cast<std::size_t>(target)].spec : label;
}

std::string target_facts(const Explanation& explanation, std::int64_t target, std::int64_t sample) {
  const SampleTarget& facts = at(explanation, target, sample);
  const std::string& spec = explanation.targets[static_cast<std::size_t>(target)].spec;
  std::vector<std::string> parts;
  if (facts.probability) parts.push_back(percent(*facts.probability));
  parts.push_back("value " + number(facts.value));
  if (!facts.label.empty() && !spec.empty()) parts.push_back(spec);
  return fmt::format("{}", fmt::join(parts, " · "));
}

std::string sample_title(const Explanation& explanation, std::int64_t sample) {
  const auto i = static_cast<std::size_t>(sample);
  const bool named = i < explanation.input_names.size() && !explanation.input_names[i].empty();
  if (named) return file_name(explanation.input_names[i]);
  if (i >= explanation.texts.size()) return fmt::format("sample {}", sample);
  constexpr std::size_t kExcerpt = 60;
  const std::string excerpt = shortened(visible_text(explanation.texts[i].text), kExcerpt);
  return excerpt.empty() ? "(empty text)" : excerpt;
}

std::vector<StrongPlace> strongest_places(const ScoreMap& map, std::size_t count) {
  std::vector<std::size_t> order(map.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t kept = std::min(count, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      const double x = std::abs(map.values[a]), y = std::abs(map.values[b]);
                      return x != y ? x > y : a < b;
                    });
  std::vector<StrongPlace> places;
  for (std::size_t i = 0; i < kept && map.values[order[i]] != 0; ++i) {
    const auto cell = static_cast<std::int64_t>(order[i]);
    places.push_back({cell / map.columns, cell % map.columns, map.values[order[i]]});
  }
  return places;
}

std::string place_in_words(const ScoreMap& map, std::int64_t row, std::int64_t column) {
  constexpr std::array<const char*, 9> kNinths = {"top left",     "top",         "top right", "centre left", "centre",
                                                  "centre right", "bottom left", "bottom",    "bottom right"};
  const auto third = [](std::int64_t i, std::int64_t count) { return (6 * i + 3) / (2 * count); };
  return kNinths[static_cast<std::size_t>(3 * third(row, map.rows) + third(column, map.columns))];
}

std::vector<std::string> gap_lines(const Explanation& explanation, std::int64_t target, std::int64_t sample) {
  std::vector<std::string> lines;
  for (const Gap& gap : explanation.certificate.gaps) {
    std::string line = gap.name + " gap " + number(entry(gap.absolute, target, sample));
    if (!gap.relative.empty()) line += " (relative " + number(entry(gap.relative, target, sample)) + ")";
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> special_lines(const ScoreMaps& maps, std::int64_t target, std::int64_t sample,
                                       bool signed_scores) {
  std::vector<std::string> lines;
  for (const SpecialScore& token : maps.special(target, sample)) {
    lines.push_back(token.name + " token " + (signed_scores ? signed_number(token.score) : number(token.score)));
  }
  return lines;
}

std::string effort_line(const Explanation& explanation) {
  const Certificate& c = explanation.certificate;
  return fmt::format("{} · seed {} · {}, {}", c.precision, c.seed, passes(c.forward_passes, "forward"),
                     passes(c.backward_passes, "backward"));
}

std::string cut_message(const TokenizedText& text) {
  if (text.cut == 0) return "";
  return fmt::format("{} cut: the text behind ✂ has no score",
                     text.cut == 1 ? "1 token was" : fmt::format("{} tokens were", text.cut));
}

std::string no_words_message() { return "there is no word here: the model was given special tokens alone"; }

std::string certificate_summary(const Explanation& explanation) {
  std::vector<std::string> parts;
  for (const Gap& gap : explanation.certificate.gaps) {
    const bool relative = !gap.relative.empty();
    double worst = 0;
    for (const auto& row : relative ? gap.relative : gap.absolute) {
      for (const double value : row) worst = value > worst || std::isnan(value) ? value : worst;
    }
    parts.push_back(fmt::format("{} gap ≤ {}{}", gap.name, number(worst), relative ? " relative" : ""));
  }
  parts.push_back(explanation.certificate.precision);
  return fmt::format("{}", fmt::join(parts, " · "));
}

}  // namespace pellucid::render
