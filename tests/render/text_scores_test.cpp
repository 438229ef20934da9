#include "render/text_scores.hpp"

#include <gtest/gtest.h>

#include <pellucid/error.hpp>

#include "text_sample.hpp"

namespace pellucid::tests {
namespace {

using namespace render;

std::string joined(const std::vector<TextPart>& parts) {
  std::string text;
  for (const TextPart& part : parts) text += part.text;
  return text;
}

TEST(TextScores, AWordIsTheSumOfItsTokens) {
  const Explanation e = text_explanation({funny()});
  const TextScores scores(e);
  EXPECT_EQ(scores.words(0, 0), (std::vector<double>{0, 0.25, 1, -0.5}));
  const TextLayout words = lay_out(e.texts[0], TextUnit::kWords), pieces = lay_out(e.texts[0], TextUnit::kPieces);
  EXPECT_EQ(scores.sums(0, 0, words.units), scores.words(0, 0));
  EXPECT_EQ(scores.sums(0, 0, pieces.units), (std::vector<double>{0, 0.25, 0.75, 0.25, -0.5}));
}

TEST(TextScores, SpecialTokensStandApart) {
  const Explanation e = text_explanation({funny()});
  const auto apart = TextScores(e).apart(0, 0);
  ASSERT_EQ(apart.size(), 2U);
  EXPECT_EQ(apart[0].piece, "[CLS]");
  EXPECT_EQ(apart[0].score, 0.5);
  EXPECT_EQ(apart[1].index, 6);
}

TEST(TextScores, TheScaleLeavesOutSpecialTokensAndPadding) {
  TextCase one = funny();
  one.scores[0].front() = -50;
  const Explanation e = text_explanation({one});
  EXPECT_EQ(TextScores(e).scale(0, TextUnit::kWords).full, 1);
  EXPECT_EQ(TextScores(e).scale(0, TextUnit::kPieces).full, 0.75);
  EXPECT_EQ(TextScores(e).scale(0, TextUnit::kWords).place(-0.5), -0.5);
}

TEST(TextScores, OneScaleForAllTargetsAndTexts) {
  TextCase small = funny(), large = funny();
  small.scores.push_back({0, 0, 0, 0, 0, -2, 0});
  large.scores.push_back({0, 0, 0, 0, 0, 8, 0});
  const Explanation e = text_explanation({small, large});
  const TextScores scores(e);
  EXPECT_EQ(scores.scale(0, TextUnit::kWords).full, 2);
  EXPECT_EQ(scores.common_scale(TextUnit::kWords).full, 8);
}

TEST(TextScores, ZeroMapsHaveNoScale) {
  const Explanation e = text_explanation({{tokenized("a b"), {{1, 0, 0, 1}}}});
  EXPECT_EQ(TextScores(e).common_scale(TextUnit::kWords).full, 0);
  EXPECT_EQ(TextScores(e).common_scale(TextUnit::kWords).place(0), 0);
}

TEST(TextScores, SumsTheWidthOfTokensAndRefusesAttention) {
  Explanation e = text_explanation({{tokenized("a"), {{0, 0, 0}}}});
  e.scores = Tensor({1, 1, 3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(TextScores(e).token(0, 0, 1), 7);
  EXPECT_EQ(TextScores(e).note(), "summed over the width of each token");
  e.scores = Tensor({1, 1, 3, 3}, std::vector<float>(9, 1.0F));
  EXPECT_THROW((void)TextScores(e), Error);
}

TEST(TextLayout, KeepsEveryCharacterOfTheText) {
  for (const TextUnit unit : {TextUnit::kWords, TextUnit::kPieces}) {
    const TokenizedText text = tokenized("  what  is|n't\n é|té ", "猫 と 🐈 ");
    const TextLayout layout = lay_out(text, unit);
    EXPECT_EQ(joined(layout.sequences.at(0)), text.text);
    EXPECT_EQ(joined(layout.sequences.at(1)), *text.pair);
  }
}

TEST(TextLayout, BytesOfOneCharacterAreOneUnit) {
  TokenizedText text = tokenized("🐈");
  text.tokens.insert(text.tokens.begin() + 2, text.tokens[1]);
  text.words[0].tokens = {1, 2};
  const Explanation e = text_explanation({{text, {{0, 1, 2, 0}}}});
  const TextLayout layout = lay_out(text, TextUnit::kPieces);
  ASSERT_EQ(layout.units.size(), 1U);
  EXPECT_EQ(TextScores(e).sums(0, 0, layout.units), std::vector<double>{3});
}

TEST(TextLayout, MarksWhatWasCutAndOnlyThat) {
  TokenizedText text = tokenized("read this");
  text.text += " not that";
  EXPECT_EQ(lay_out(text, TextUnit::kWords).sequences[0].back().kind, TextPart::Kind::kBetween);
  text.cut = 2;
  const auto parts = lay_out(text, TextUnit::kWords).sequences[0];
  EXPECT_EQ(parts.back().kind, TextPart::Kind::kCut);
  EXPECT_EQ(parts.back().text, " not that");
}

TEST(TextLayout, ASpecialTokenThatTheTextHoldsHasNoColour) {
  TokenizedText text = tokenized("good [SEP] bad");
  text.tokens[2].special = true;
  const TextLayout layout = lay_out(text, TextUnit::kWords);
  EXPECT_EQ(layout.units.size(), 2U);
  const auto& parts = layout.sequences[0];
  const auto special = std::find_if(parts.begin(), parts.end(),
                                    [](const TextPart& part) { return part.kind == TextPart::Kind::kSpecial; });
  ASSERT_NE(special, parts.end());
  EXPECT_EQ(special->text, "[SEP]");
  EXPECT_EQ(tokens_apart(text), (std::vector<std::int64_t>{0, 2, 4}));
}

TEST(TextLayout, TokensWithoutCharactersStandApart) {
  TokenizedText text = tokenized("one two");
  text.tokens[2].span = {};
  text.tokens[2].word = -1;
  text.words.pop_back();
  EXPECT_EQ(lay_out(text, TextUnit::kWords).units.size(), 1U);
  EXPECT_EQ(tokens_apart(text), (std::vector<std::int64_t>{0, 2, 3}));
}

TEST(TextLayout, NothingToShow) {
  const TextLayout layout = lay_out(tokenized(""), TextUnit::kWords);
  EXPECT_TRUE(layout.units.empty());
  EXPECT_TRUE(layout.sequences.at(0).empty());
}

}  // namespace
}  // namespace pellucid::tests
