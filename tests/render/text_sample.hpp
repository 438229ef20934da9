#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <pellucid/explanation.hpp>

#include "render/text.hpp"

namespace pellucid::tests {

inline std::size_t points_before(const std::string& text, std::size_t byte) {
  return render::decode_points(text.substr(0, byte)).size();
}

inline TextSpan span_of(const std::string& text, std::size_t begin, std::size_t end) {
  return {begin, end, points_before(text, begin), points_before(text, end)};
}

/// Adds the words of one sequence, cut at blanks; a "|" in a word divides its pieces and is no part of the text.
inline std::string add_words(TokenizedText& out, const std::string& marked, std::int64_t sequence) {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> pieces;  // bytes; a word starts where the piece before ends earlier
  std::size_t begin = 0;
  const auto close = [&] {
    if (text.size() > begin) pieces.emplace_back(begin, text.size());
    begin = text.size();
  };
  for (const char c : marked) {
    if (c == '|' || c == ' ') close();
    if (c != '|') text += c;
    if (c == ' ') begin = text.size();
  }
  close();
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [from, to] = pieces[i];
    const bool joined = i > 0 && pieces[i - 1].second == from;
    if (!joined) out.words.push_back({sequence, span_of(text, from, to), {}});
    TextWord& word = out.words.back();
    word.span = span_of(text, word.span.begin, to);
    word.tokens.push_back(static_cast<std::int64_t>(out.tokens.size()));
    const auto index = static_cast<std::int64_t>(out.words.size()) - 1;
    out.tokens.push_back({1000, (joined ? "##" : "") + text.substr(from, to - from), false, sequence, index, sequence,
                          span_of(text, from, to)});
  }
  return text;
}

/// [CLS] text [SEP], or [CLS] text [SEP] pair [SEP].
inline TokenizedText tokenized(const std::string& marked, const std::optional<std::string>& pair = std::nullopt) {
  TokenizedText out;
  out.tokens.push_back({101, "[CLS]", true, -1, -1, 0, {}});
  out.text = add_words(out, marked, 0);
  out.tokens.push_back({102, "[SEP]", true, -1, -1, 0, {}});
  if (!pair) return out;
  out.pair = add_words(out, *pair, 1);
  out.tokens.push_back({102, "[SEP]", true, -1, -1, 1, {}});
  return out;
}

/// What is to be said of one text: scores of its tokens, [target][token].
struct TextCase {
  TokenizedText text;
  std::vector<std::vector<double>> scores;
};

/// An explanation of a batch; padding gets a score that nobody may show.
inline Explanation text_explanation(const std::vector<TextCase>& cases, bool signed_scores = true) {
  constexpr float kPadding = 99;
  Explanation e;
  e.method = signed_scores ? "attcat" : "rollout";
  e.rules = signed_scores ? "libra" : "";
  e.signed_scores = signed_scores;
  e.target_free = !signed_scores;
  const auto batch = static_cast<std::int64_t>(cases.size());
  const auto targets = static_cast<std::int64_t>(cases.front().scores.size());
  std::size_t tokens = 0;
  for (const TextCase& one : cases) tokens = std::max(tokens, one.text.tokens.size() + 1);
  std::vector<float> scores;
  const std::vector<std::string> labels = {"positive", "negative", "neutral"};
  for (std::size_t t = 0; t < static_cast<std::size_t>(targets); ++t) {
    const SampleTarget facts{labels[t], 1 - static_cast<std::int64_t>(t), 3.25, 0.9312};
    e.targets.push_back({"label:" + labels[t], std::vector<SampleTarget>(cases.size(), facts)});
    for (const TextCase& one : cases) {
      for (std::size_t i = 0; i < tokens; ++i) {
        scores.push_back(i < one.text.tokens.size() ? static_cast<float>(one.scores[t].at(i)) : kPadding);
      }
    }
  }
  for (const TextCase& one : cases) e.texts.push_back(one.text);
  e.layout.tokens = static_cast<std::int64_t>(tokens);
  e.scores = e.token_scores = Tensor({targets, batch, static_cast<std::int64_t>(tokens)}, scores);
  std::vector<float> logits;
  for (std::int64_t b = 0; b < batch; ++b) logits.insert(logits.end(), {-1.0F, 1.0F});
  e.logits = Tensor({batch, 2}, logits);
  e.class_labels = {"negative", "positive"};
  e.certificate.forward_passes = e.certificate.backward_passes = 1;
  Gap gap{"completeness", {}, {}, "sum of scores against the change of the output"};
  gap.absolute.assign(static_cast<std::size_t>(targets), std::vector<double>(cases.size(), 2.1e-6));
  gap.relative.assign(static_cast<std::size_t>(targets), std::vector<double>(cases.size(), 3.4e-7));
  e.certificate.gaps = {gap};
  e.model_path = "models/bert-tiny/model.onnx";
  e.model_sha256 = std::string(64, 'a');
  e.model_inputs = {{"input_ids", ElementType::kInt64, {batch, static_cast<std::int64_t>(tokens)}}};
  e.input_names.assign(cases.size(), "");
  for (std::int64_t b = 0; b < batch; ++b) e.input_sha256.push_back(std::string(64, static_cast<char>('b' + b)));
  return e;
}

/// "a truly fun|ny film" and what is said of it.
inline TextCase funny() { return {tokenized("a truly fun|ny bore"), {{0.5, 0.0, 0.25, 0.75, 0.25, -0.5, -0.125}}}; }

}  // namespace pellucid::tests
