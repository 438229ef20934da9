#include <gtest/gtest.h>

#include "explain/default_targets.hpp"
#include "explain/sample_of.hpp"
#include "explain/windows.hpp"

namespace pellucid::explain {
namespace {

TEST(BestSpans, AreOrderedByTheSumOfBothScores) {
  const std::vector<double> start{5, 1, 3, 0}, end{4, 0, 2, 6};
  // The first token is no candidate: 1..3 = 7, 2..3 = 9, 3..3 = 6, 2..2 = 5, 1..2 = 3, 1..1 = 1.
  const auto spans = best_spans(start, end, {false, true, true, true}, 3);
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].start, 2);
  EXPECT_EQ(spans[0].end, 3);
  EXPECT_DOUBLE_EQ(spans[0].score, 9);
  EXPECT_DOUBLE_EQ(spans[1].score, 7);
  EXPECT_DOUBLE_EQ(spans[2].score, 6);
}

TEST(BestSpans, AreNoLongerThanAllowed) {
  const std::vector<double> start{9, 0, 0}, end{0, 0, 9};
  const auto spans = best_spans(start, end, {true, true, true}, 1, 2);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_LE(spans[0].end - spans[0].start, 1);
  EXPECT_TRUE(best_spans(start, end, {false, false, false}, 2).empty());
}

TextToken token(std::int64_t id, std::int64_t sequence, std::size_t begin) {
  TextToken made;
  made.id = id;
  made.sequence = sequence;
  made.special = sequence < 0;
  made.span = {begin, begin + 1, begin, begin + 1};
  return made;
}

TokenizedText row(const std::vector<TextToken>& content) {
  TokenizedText text;
  text.tokens.push_back(token(100, -1, 0));
  text.tokens.insert(text.tokens.end(), content.begin(), content.end());
  text.tokens.push_back(token(101, -1, 0));
  return text;
}

TEST(Windows, KnowWhichTokensOfTheWholeTheyHold) {
  const TokenizedText whole = row({token(1, 0, 0), token(2, 0, 2), token(3, 0, 4), token(2, 0, 6)});
  const auto places = places_in_whole(
      whole, {row({token(1, 0, 0), token(2, 0, 2), token(3, 0, 4)}), row({token(3, 0, 4), token(2, 0, 6)})});
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0], (std::vector<std::size_t>{0, 1, 2, 3, 5}));
  EXPECT_EQ(places[1], (std::vector<std::size_t>{0, 3, 4, 5}));
}

TEST(Windows, BeginInTheMiddleOfACharacterOfSeveralPieces) {
  const TokenizedText whole = row({token(1, 0, 0), token(7, 0, 2), token(8, 0, 2), token(3, 0, 4)});
  const auto places = places_in_whole(whole, {row({token(8, 0, 2), token(3, 0, 4)})});
  EXPECT_EQ(places[0], (std::vector<std::size_t>{0, 3, 4, 5}));
}

TEST(Windows, OfAnotherTextAreOurFault) {
  const TokenizedText whole = row({token(1, 0, 0), token(2, 0, 2)});
  EXPECT_THROW(static_cast<void>(places_in_whole(whole, {row({token(9, 0, 0)})})), Error);
}

TEST(SampleOf, IsTheSameSampleAlone) {
  Explanation batch;
  batch.token_scores = Tensor(Shape{2, 3, 2}, std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  batch.scores = batch.token_scores;
  batch.logits = Tensor(Shape{3, 2}, std::vector<float>{0, 1, 2, 3, 4, 5});
  batch.targets = {{"a", {{"x", {}, 1, {}}, {"y", {}, 2, {}}, {"z", {}, 3, {}}}}, {"b", {{}, {}, {}}}};
  batch.certificate.gaps.push_back({"gap", {{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {1, 2, 3}}, "", {}, true});
  batch.texts.resize(3);
  batch.texts[1].text = "second";
  const Explanation one = sample_of(batch, 1);
  EXPECT_EQ(one.token_scores.to_doubles(), (std::vector<double>{2, 3, 8, 9}));
  EXPECT_EQ(one.logits.to_doubles(), (std::vector<double>{2, 3}));
  ASSERT_EQ(one.targets[0].samples.size(), 1U);
  EXPECT_EQ(one.targets[0].samples[0].label, "y");
  EXPECT_EQ(one.certificate.gaps[0].absolute, (std::vector<std::vector<double>>{{2}, {5}}));
  ASSERT_EQ(one.texts.size(), 1U);
  EXPECT_EQ(one.texts[0].text, "second");
}

}  // namespace
}  // namespace pellucid::explain
