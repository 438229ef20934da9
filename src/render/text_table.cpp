#include "render/text_table.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "render/text.hpp"
#include "render/text_scores.hpp"
#include "render/words.hpp"

namespace pellucid {
namespace {

using namespace render;
using nlohmann::ordered_json;

struct Predicted {
  std::string label;
  double probability = 0;
};

struct Row {
  std::int64_t number = 0;
  const TokenizedText& text;
  std::optional<Predicted> predicted;
  std::string target, spec;
  double value = 0;
  std::vector<std::pair<std::string, double>> words;
};

std::optional<Predicted> prediction(const Explanation& e, std::int64_t sample) {
  const Shape& shape = e.logits.shape();
  if (shape.size() != 2 || shape[1] < 2) return std::nullopt;
  const std::vector<double> all = e.logits.to_doubles();
  const auto first = all.begin() + sample * shape[1], last = first + shape[1], best = std::max_element(first, last);
  double sum = 0;
  for (auto logit = first; logit != last; ++logit) sum += std::exp(*logit - *best);
  const auto index = static_cast<std::size_t>(best - first);
  return Predicted{index < e.class_labels.size() ? e.class_labels[index] : std::to_string(index), 1 / sum};
}

std::vector<std::pair<std::string, double>> scored_words(const TextScores& scores, std::int64_t target,
                                                         std::int64_t sample) {
  const TokenizedText& text = scores.text(sample);
  const TextLayout layout = lay_out(text, TextUnit::kWords);
  const std::vector<double> sums = scores.sums(target, sample, layout.units);
  std::vector<std::pair<std::string, double>> words;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const UnitSpan& unit = layout.units[i];
    words.emplace_back(valid_text(text_of(text, unit.sequence, unit.begin, unit.end)), sums[i]);
  }
  return words;
}

std::string json_row(const Row& row) {
  ordered_json words = ordered_json::array();
  for (const auto& [word, score] : row.words) words.push_back({word, score});
  const ordered_json object = {
      {"number", row.number},
      {"text", valid_text(row.text.text)},
      {"pair", row.text.pair ? ordered_json(valid_text(*row.text.pair)) : ordered_json(nullptr)},
      {"cut", row.text.cut},
      {"predicted", row.predicted ? ordered_json(clean_text(row.predicted->label)) : ordered_json(nullptr)},
      {"probability", row.predicted ? ordered_json(row.predicted->probability) : ordered_json(nullptr)},
      {"target", clean_text(row.target)},
      {"spec", clean_text(row.spec)},
      {"value", row.value},
      {"words", std::move(words)}};
  return object.dump() + "\n";
}

std::string escaped(const std::string& text, bool blanks) {
  std::string out;
  for (const char c : valid_text(text)) {
    switch (c) {
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\\': out += "\\\\"; break;
      case ' ': out += blanks ? "\\s" : " "; break;
      default: out += c;
    }
  }
  return out;
}

std::string tsv_row(const Row& row) {
  std::vector<std::string> words;
  for (const auto& [word, score] : row.words) words.push_back(fmt::format("{}:{:.9g}", escaped(word, true), score));
  const std::vector<std::string> cells = {std::to_string(row.number),
                                          escaped(row.text.text, false),
                                          row.text.pair ? escaped(*row.text.pair, false) : "",
                                          std::to_string(row.text.cut),
                                          row.predicted ? escaped(row.predicted->label, false) : "",
                                          row.predicted ? fmt::format("{:.9g}", row.predicted->probability) : "",
                                          escaped(row.target, false),
                                          escaped(row.spec, false),
                                          fmt::format("{:.9g}", row.value),
                                          fmt::format("{}", fmt::join(words, " "))};
  return fmt::format("{}\n", fmt::join(cells, "\t"));
}

}  // namespace

std::string TextTable::header() const {
  if (format_ == Format::kJsonLines) return "";
  return "number\ttext\tpair\tcut\tpredicted\tprobability\ttarget\tspec\tvalue\twords\n";
}

std::string TextTable::rows(const Explanation& explanation, std::int64_t first_number) const {
  PELLUCID_CHECK(!explanation.texts.empty(), kUsage, "a table of words needs texts: this explanation is not of texts");
  const TextScores scores(explanation);
  std::string out;
  for (std::int64_t sample = 0; sample < scores.samples(); ++sample) {
    for (std::int64_t target = 0; target < scores.targets(); ++target) {
      const TargetRecord& record = explanation.targets[static_cast<std::size_t>(target)];
      const Row row{first_number + sample,
                    scores.text(sample),
                    prediction(explanation, sample),
                    target_title(explanation, target, sample),
                    record.spec,
                    record.samples[static_cast<std::size_t>(sample)].value,
                    scored_words(scores, target, sample)};
      out += format_ == Format::kJsonLines ? json_row(row) : tsv_row(row);
    }
  }
  return out;
}

}  // namespace pellucid
