#include "render/record_text.hpp"

#include <nlohmann/json.hpp>

#include "render/text.hpp"
#include "render/text_scores.hpp"

namespace pellucid::render {
namespace {

using nlohmann::json;

json index_or_null(std::int64_t index) { return index < 0 ? json(nullptr) : json(index); }

json token(const TextToken& token) {
  return {{"piece", valid_text(token.piece)},
          {"id", token.id},
          {"special", token.special},
          {"sequence", index_or_null(token.sequence)},
          {"word", index_or_null(token.word)},
          {"type", token.type},
          {"bytes", {token.span.begin, token.span.end}},
          {"characters", {token.span.first_char, token.span.last_char}}};
}

json word(const TextWord& word) {
  return {{"sequence", word.sequence},
          {"bytes", {word.span.begin, word.span.end}},
          {"characters", {word.span.first_char, word.span.last_char}},
          {"tokens", word.tokens}};
}

json text(const TokenizedText& text) {
  json tokens = json::array(), words = json::array();
  for (const TextToken& one : text.tokens) tokens.push_back(token(one));
  for (const TextWord& one : text.words) words.push_back(word(one));
  return {{"text", valid_text(text.text)},
          {"pair", text.pair ? json(valid_text(*text.pair)) : json(nullptr)},
          {"cut", text.cut},
          {"tokens", std::move(tokens)},
          {"words", std::move(words)}};
}

/// [target][sample][word]; null where tokens have no single score.
json word_scores(const Explanation& explanation) {
  if (explanation.scores.shape().size() != 3) return nullptr;
  const TextScores scores(explanation);
  json targets = json::array();
  for (std::int64_t target = 0; target < scores.targets(); ++target) {
    json samples = json::array();
    for (std::int64_t sample = 0; sample < scores.samples(); ++sample) samples.push_back(scores.words(target, sample));
    targets.push_back(std::move(samples));
  }
  return targets;
}

}  // namespace

json record_of_texts(const Explanation& explanation) {
  json texts = json::array();
  for (const TokenizedText& one : explanation.texts) texts.push_back(text(one));
  return {{"texts", std::move(texts)}, {"word_scores", word_scores(explanation)}};
}

}  // namespace pellucid::render
