#include "explain/deletion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace pellucid::explain {
namespace {

using Counts = std::vector<std::int64_t>;

TEST(RemovalCounts, AreRoundedAndListedOnce) {
  EXPECT_EQ(removal_counts(10, 10), (Counts{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(removal_counts(25, 10), (Counts{0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25}));  // 2.5 is 3
  EXPECT_EQ(removal_counts(3, 10), (Counts{0, 1, 2, 3}));
  EXPECT_EQ(removal_counts(1, 10), (Counts{0, 1}));
  EXPECT_EQ(removal_counts(7, 1), (Counts{0, 7}));
}

TEST(AreaUnder, IsTrapezoidsOverTheShareRemoved) {
  EXPECT_DOUBLE_EQ(area_under({0, 1, 2}, {1, 0.5, 0}), 0.5);
  EXPECT_DOUBLE_EQ(area_under({0, 1, 4}, {1, 0, 2}), (0.5 + 3) / 4);
  EXPECT_DOUBLE_EQ(area_under({0, 5}, {0.25, 0.25}), 0.25);
}

TEST(RandomOrder, IsAPermutationThatDependsOnSeedAndNumberAlone) {
  RemovalOrder order = random_order(40, 7, 1);
  EXPECT_EQ(order, random_order(40, 7, 1));
  EXPECT_NE(order, random_order(40, 7, 2));
  EXPECT_NE(order, random_order(40, 8, 1));
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
  EXPECT_EQ(random_order(1, 0, 0), RemovalOrder{0});
}

// Every order of three places comes about as often as any other.
TEST(RandomOrder, IsUniform) {
  std::map<RemovalOrder, int> seen;
  constexpr int kDraws = 6000;
  for (int i = 0; i < kDraws; ++i) ++seen[random_order(3, 0, i)];
  ASSERT_EQ(seen.size(), 6U);
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 1000, 150);  // five standard deviations of 28.9
}

/// A model whose answer is the sum of weights of what is left, plus one where places 0 and 1 both are.
double answer(const methods::Presence& left) {
  const std::vector<double> weights{0.5, 0.25, -0.125, 2};
  double sum = left[0] * left[1];
  for (std::size_t i = 0; i < left.size(); ++i) sum += weights[i] * left[i];
  return sum;
}

std::vector<double> answers(const RemovalPlan& plan) {
  std::vector<double> all;
  for (const methods::Presence& left : plan.inputs()) all.push_back(answer(left));
  return all;
}

TEST(RemovalPlan, GivesTheCurvesOfAPlainLoop) {
  const std::vector<RemovalOrder> orders = {{3, 0, 1, 2}, {2, 1, 0, 3}, {3, 0, 2, 1}};
  const Counts counts = removal_counts(4, 10);
  RemovalPlan plan(counts);
  for (const RemovalOrder& order : orders) plan.add(order);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    methods::Presence left(4, 1.0F);
    std::vector<double> expected{answer(left)};
    for (const std::size_t place : orders[i]) {
      left[place] = 0;
      expected.push_back(answer(left));
    }
    const DeletionCurve curve = plan.curve(i, answers(plan));
    EXPECT_EQ(curve.values, expected);
    EXPECT_DOUBLE_EQ(curve.area, (expected[0] / 2 + expected[1] + expected[2] + expected[3] + expected[4] / 2) / 4);
  }
}

TEST(RemovalPlan, AsksForNothingTwice) {
  RemovalPlan plan(removal_counts(4, 10));
  plan.add({3, 0, 1, 2});
  EXPECT_EQ(plan.inputs().size(), 5U);
  plan.add({3, 0, 2, 1});  // differs in what is left after three
  EXPECT_EQ(plan.inputs().size(), 6U);
  plan.add({3, 0, 1, 2});
  EXPECT_EQ(plan.inputs().size(), 6U);
  EXPECT_EQ(plan.orders(), 3U);
}

TEST(MeanCurve, IsTakenPointByPoint) {
  const DeletionCurve mean = mean_curve({{{1, 0.5, 0}, 0.5}, {{1, 0.25, 0.5}, 0.5}, {{1, 0, 1}, 0.5}});
  EXPECT_EQ(mean.values, (std::vector<double>{1, 0.25, 0.5}));
  EXPECT_DOUBLE_EQ(mean.area, 0.5);
}

}  // namespace
}  // namespace pellucid::explain
