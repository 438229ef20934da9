#include "explain/agreement.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rank_correlation.hpp"
#include "explain/place_scores.hpp"

namespace pellucid::explain {
namespace {

using Scores = std::vector<double>;

TEST(AverageRanks, EqualScoresShareTheMeanOfTheirRanks) {
  EXPECT_EQ(average_ranks(Scores{10, -3, 10, 10, 0}), (Scores{4, 1, 4, 4, 2}));
  EXPECT_EQ(average_ranks(Scores{0.0, -0.0}), (Scores{1.5, 1.5}));
  EXPECT_TRUE(average_ranks(Scores{}).empty());
}

// Ranks 1, 2.5, 2.5, 4 against 3, 1, 2, 4: deviations (−1.5, 0, 0, 1.5) and (0.5, −1.5, −0.5, 1.5),
// 1.5 / √(4.5 · 5).
TEST(RankCorrelation, IsAsWorkedOutByHand) {
  EXPECT_NEAR(*rank_correlation(Scores{1, 2, 2, 4}, Scores{3, 1, 2, 4}), 1.5 / std::sqrt(22.5), 1e-15);
  // Without ties 1 − 6 Σd² / n(n² − 1): d = 1, 1, 0, 0, 0.
  EXPECT_NEAR(*rank_correlation(Scores{1, 2, 3, 4, 5}, Scores{2, 1, 3, 4, 50}), 1 - 6.0 * 2 / (5 * 24), 1e-15);
}

TEST(RankCorrelation, IsOneForTheSameOrderAndMinusOneForItsReverse) {
  EXPECT_EQ(rank_correlation(Scores{0.1, 0.2, 7}, Scores{-5, 0, 1e9}), 1);
  EXPECT_EQ(rank_correlation(Scores{0.1, 0.2, 7}, Scores{3, 2, 1}), -1);
}

TEST(RankCorrelation, IsUndefinedWhereOneSideDoesntVary) {
  EXPECT_EQ(rank_correlation(Scores{1, 1, 1}, Scores{1, 2, 3}), std::nullopt);
  EXPECT_EQ(rank_correlation(Scores{1}, Scores{2}), std::nullopt);
  EXPECT_EQ(rank_correlation(Scores{}, Scores{}), std::nullopt);
}

TEST(StrongestOverlap, CountsWhatBothHave) {
  const Scores a{5, 4, 3, 2, 1}, b{1, 5, 4, 3, 2};
  EXPECT_EQ(strongest_overlap(a, b, 1), 0);
  EXPECT_EQ(strongest_overlap(a, b, 2), 0.5);
  EXPECT_EQ(strongest_overlap(a, b, 4), 0.75);
  EXPECT_EQ(strongest_overlap(a, b, 5), 1);
}

TEST(StrongestOverlap, TakesTheFirstOfEqualScores) {
  EXPECT_EQ(strongest_first(Scores{1, 2, 1, 2}), (std::vector<std::size_t>{1, 3, 0, 2}));
  EXPECT_EQ(strongest_overlap(Scores{0, 0, 0}, Scores{1, 0, 0}, 1), 1);
  EXPECT_EQ(strongest_overlap(Scores{0, 0, 0}, Scores{0, 0, 1}, 1), 0);
}

Explanation with_scores(const Shape& shape, const TokenLayout& layout) {
  Explanation e;
  e.layout = layout;
  std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  e.scores = Tensor(shape, values);
  return e;
}

/// 2 × 2 patches of 2 × 2 pixels; one row and one column of the 5 × 5 pixels are left over.
const TokenLayout kFourPatches{5, {0}, {"class"}, 2, 2, 2, 2, 5, 5};

TEST(PlaceScores, OfPatchesAreThemselves) {
  const Explanation e = with_scores({2, 1, 2, 2}, kFourPatches);
  const PlaceScores scores(e);
  EXPECT_EQ(scores.place(), "patch");
  EXPECT_EQ(scores.of(1, 0), (Scores{4, 5, 6, 7}));
}

TEST(PlaceScores, OfPixelsAreSummedOverPatchesAndChannels) {
  const Explanation plane = with_scores({1, 1, 5, 5}, kFourPatches);
  // Columns 0 1 | 2 3 4, rows 0 1 | 2 3 4 of the numbers 0 … 24.
  EXPECT_EQ(PlaceScores(plane).of(0, 0), (Scores{0 + 1 + 5 + 6, 2 + 3 + 4 + 7 + 8 + 9, 10 + 11 + 15 + 16 + 20 + 21,
                                                 12 + 13 + 14 + 17 + 18 + 19 + 22 + 23 + 24}));
  const Explanation channels = with_scores({1, 1, 2, 5, 5}, kFourPatches);
  EXPECT_EQ(PlaceScores(channels).of(0, 0)[0], 0 + 1 + 5 + 6 + 25 + 26 + 30 + 31);
}

TEST(PlaceScores, OfATextLeaveOutSpecialTokensAndPadding) {
  Explanation e = with_scores({1, 2, 5}, {});
  TokenizedText text;
  for (const bool special : {true, false, false, true}) {
    text.tokens.emplace_back();
    text.tokens.back().special = special;
  }
  e.texts = {text, text};
  EXPECT_EQ(PlaceScores(e).place(), "token");
  EXPECT_EQ(PlaceScores(e).of(0, 1), (Scores{6, 7}));
}

TEST(PlaceScores, OfTokenIdsAreThoseOfTheContent) {
  const Explanation e = with_scores({1, 2, 4}, {});
  const PlaceScores scores(e, {{false, true, true, false}, {false, true, false, false}});
  EXPECT_EQ(scores.place(), "token");
  EXPECT_EQ(scores.of(0, 0), (Scores{1, 2}));
  EXPECT_EQ(scores.of(0, 1), (Scores{5}));
  const Explanation other = with_scores({1, 1, 3}, {});
  EXPECT_EQ(PlaceScores(other, {{true, true, true, true}}).place(), "element");
}

TEST(PlaceScores, WholeAttentionMapsHaveNone) {
  const Explanation e = with_scores({1, 1, 2, 3, 5, 5}, kFourPatches);
  EXPECT_NE(PlaceScores(e).why_not().find("[1, 1, 2, 3, 5, 5]"), std::string::npos);
}

}  // namespace
}  // namespace pellucid::explain
