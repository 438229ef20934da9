#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/score_map.hpp"

namespace pellucid::render {

/// Three significant digits with a real minus sign: "0.042", "−1.2e−6".
[[nodiscard]] std::string number(double value);
/// The same with "+" for positive numbers.
[[nodiscard]] std::string signed_number(double value);
/// "93.1 %".
[[nodiscard]] std::string percent(double share);

/// The last part of a path.
[[nodiscard]] std::string file_name(const std::string& path);
/// What tells a model file from others: its name, or its folder's where the file is called model.onnx.
[[nodiscard]] std::string model_title(const std::string& path);
/// "attcat · libra".
[[nodiscard]] std::string method_title(const Explanation& explanation);
/// The class or whatever else is explained.
[[nodiscard]] std::string target_title(const Explanation& explanation, std::int64_t target, std::int64_t sample);
/// "93.1 % · value 7.21 · logit:281".
[[nodiscard]] std::string target_facts(const Explanation& explanation, std::int64_t target, std::int64_t sample);
/// "photo.jpg"; where the input has no name, how its text begins, or "sample 3".
[[nodiscard]] std::string sample_title(const Explanation& explanation, std::int64_t sample);

struct StrongPlace {
  std::int64_t row = 0, column = 0;
  double score = 0;
};
/// At most `count` places by decreasing size of their scores; zeros are left out.
[[nodiscard]] std::vector<StrongPlace> strongest_places(const ScoreMap& map, std::size_t count);
/// "centre left": the ninth of the picture that a place lies in.
[[nodiscard]] std::string place_in_words(const ScoreMap& map, std::int64_t row, std::int64_t column);

/// One line per gap of this target and sample: "completeness gap 2.1e−7 (relative 3e−8)".
[[nodiscard]] std::vector<std::string> gap_lines(const Explanation& explanation, std::int64_t target,
                                                 std::int64_t sample);
/// "class token −0.0125": tokens outside the grid.
[[nodiscard]] std::vector<std::string> special_lines(const ScoreMaps& maps, std::int64_t target, std::int64_t sample,
                                                     bool signed_scores);
/// "float32 · seed 0 · 1 forward and 1 backward pass".
[[nodiscard]] std::string effort_line(const Explanation& explanation);
/// "12 tokens were cut: the text behind ✂ has no score"; empty where none were.
[[nodiscard]] std::string cut_message(const TokenizedText& text);
/// For texts of which nothing has a score.
[[nodiscard]] std::string no_words_message();
/// One line for all targets and samples, with the largest gaps: "completeness ≤ 2.1e−7 · float32".
[[nodiscard]] std::string certificate_summary(const Explanation& explanation);

}  // namespace pellucid::render
