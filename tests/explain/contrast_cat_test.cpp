#include "explain/contrast_cat.hpp"

#include <gtest/gtest.h>

namespace pellucid::explain {
namespace {

using Left = std::vector<std::size_t>;
using Counts = std::vector<std::int64_t>;

TEST(ContrastMaps, AreScaledToZeroAndOne) {
  EXPECT_EQ(min_max({-1, 3, 1}), (TokenMap{0, 1, 0.5}));
  EXPECT_EQ(min_max({2, 2}), (TokenMap{0, 0}));
  EXPECT_EQ(min_max({7}), (TokenMap{0}));
}

TEST(DeletionCounts, AreNinthsOfTheText) {
  EXPECT_EQ(deletion_counts(9), (Counts{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(deletion_counts(12), (Counts{1, 3, 4, 5, 7, 8, 9, 11, 12}));
  EXPECT_EQ(deletion_counts(29), (Counts{3, 6, 10, 13, 16, 19, 23, 26, 29}));
}

TEST(DeletionCounts, AreTakenOnce) {
  EXPECT_EQ(deletion_counts(2), (Counts{0, 1, 2}));
  EXPECT_EQ(deletion_counts(5), (Counts{1, 2, 3, 4, 5}));
}

// Special tokens at both ends; scores 0.9 at the first of them, then 0.1, 0.8, 0.5, 0.3, and 0 at the last.
class TokensLeft : public testing::Test {
 protected:
  const TokenMap map_{0.9, 0.1, 0.8, 0.5, 0.3, 0};
  const std::vector<bool> special_{true, false, false, false, false, true};
};

TEST_F(TokensLeft, LosesTheHighestFirst) {
  EXPECT_EQ(tokens_left(map_, special_, 0), (Left{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(tokens_left(map_, special_, 1), (Left{0, 1, 3, 4, 5}));
  EXPECT_EQ(tokens_left(map_, special_, 3), (Left{0, 1, 5}));
}

TEST_F(TokensLeft, KeepsSpecialTokensWithoutCountingThem) {
  EXPECT_EQ(tokens_left(map_, special_, 4), (Left{0, 5}));
  EXPECT_EQ(tokens_left(map_, special_, 6), (Left{0, 5}));
}

TEST_F(TokensLeft, NeverLosesTheLastOfTheOrder) {
  EXPECT_EQ(tokens_left({0.9, 0.1, 0.8, 0.5, 0.3, 0.2}, special_, 6), (Left{0, 1, 5}));
  EXPECT_EQ(tokens_left({0.2, 0.1}, {false, false}, 2), (Left{1}));
}

TEST_F(TokensLeft, TakesTheEarlierOfEqualScores) {
  EXPECT_EQ(tokens_left({0.5, 0.5, 0.5}, {false, false, false}, 1), (Left{1, 2}));
}

// Of the first: mean 0.25, standard deviation of the population 0.2598.
TEST(KeptMaps, StandOneDeviationAboveTheMean) {
  EXPECT_EQ(kept_maps({0.1, 0.1, 0.1, 0.7}), (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(kept_maps({0.0, 1.0}), (std::vector<bool>{false, true}));
  EXPECT_EQ(kept_maps({0.4}), (std::vector<bool>{true}));
  EXPECT_EQ(kept_maps({0.25, 0.25, 0.25}), (std::vector<bool>{true, true, true}));
}

TEST(MeanMap, IsThatOfTheKeptMaps) {
  EXPECT_EQ(mean_map({{1, 0}, {0, 1}, {0.5, 0}}, {true, false, true}), (TokenMap{0.75, 0}));
}

}  // namespace
}  // namespace pellucid::explain
