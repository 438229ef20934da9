/// The arithmetic of methods that change the input, against closed forms, enumeration and conditions of optimality.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <pellucid/error.hpp>

#include "base/rank_correlation.hpp"
#include "methods/method.hpp"
#include "methods/perturbation/linear_fit.hpp"
#include "methods/perturbation/occlusion_windows.hpp"
#include "methods/perturbation/rise_masks.hpp"
#include "methods/perturbation/shapley.hpp"
#include "methods/perturbation/slic.hpp"
#include "methods/perturbation/subsets.hpp"

namespace pellucid::tests {
namespace {

using methods::Presence;

/// A game of coalitions that are worth something when they are complete: each member's Shapley value is its share.
struct UnanimityGame {
  std::vector<std::pair<std::vector<std::size_t>, double>> worth;
  std::size_t players = 0;

  [[nodiscard]] double operator()(const Presence& members) const {
    double sum = 1.5;
    for (const auto& [group, value] : worth)
      if (std::all_of(group.begin(), group.end(), [&](std::size_t j) { return members[j] != 0; })) sum += value;
    return sum;
  }
  [[nodiscard]] std::vector<double> shapley() const {
    std::vector<double> shares(players, 0.0);
    for (const auto& [group, value] : worth)
      for (const std::size_t j : group) shares[j] += value / static_cast<double>(group.size());
    return shares;
  }
};

UnanimityGame game_of(std::size_t players) {
  UnanimityGame game;
  game.players = players;
  for (std::size_t j = 0; j < players; ++j) game.worth.push_back({{j}, std::sin(double(j) + 1)});
  for (std::size_t j = 0; j + 3 < players; ++j) game.worth.push_back({{j, j + 1, j + 3}, std::cos(3.0 * double(j))});
  for (std::size_t j = 0; 2 * j + 1 < players; ++j) game.worth.push_back({{j, players - 1 - j}, 1.0 / double(j + 1)});
  return game;
}

std::vector<double> answers(const UnanimityGame& game, const std::vector<Presence>& subsets) {
  std::vector<double> values;
  for (const Presence& members : subsets) values.push_back(game(members));
  return values;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double bound) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], bound) << i;
}

TEST(Shapley, EnumerationGivesEveryPlayerItsShare) {
  const UnanimityGame game = game_of(9);
  std::vector<double> values;
  for (std::uint64_t set = 0; set < 512; ++set) values.push_back(game(methods::subset_of_bits(set, 9)));
  expect_near(methods::shapley_values(values, 9), game.shapley(), 1e-12);
}

TEST(Shapley, RegressionOverAllSubsetsIsExact) {
  const UnanimityGame game = game_of(8);
  const auto coalitions = methods::draw_coalitions(8, 254, 1);
  EXPECT_EQ(coalitions.enumerated, 254U);
  EXPECT_NEAR(std::accumulate(coalitions.weights.begin(), coalitions.weights.end(), 0.0), 1, 1e-12);
  const auto estimate = methods::shapley_regression(coalitions, answers(game, coalitions.members),
                                                    game(Presence(8, 0.0F)), game(Presence(8, 1.0F)));
  expect_near(estimate.scores, game.shapley(), 1e-10);
  EXPECT_TRUE(estimate.errors.empty());
}

/// Mean square of the distance to the Shapley values, and of the distance over what the estimate says of it.
struct Spread {
  double distance = 0, standardised = 0;
};

Spread spread_of(const UnanimityGame& game, std::int64_t budget, std::uint64_t seeds) {
  Spread spread;
  const auto players = static_cast<double>(game.players);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto coalitions = methods::draw_coalitions(game.players, budget, seed);
    const auto estimate =
        methods::shapley_regression(coalitions, answers(game, coalitions.members), game(Presence(game.players, 0.0F)),
                                    game(Presence(game.players, 1.0F)));
    const std::vector<double> exact = game.shapley();
    spread.distance += std::pow(distance(estimate.scores, exact), 2) / double(seeds);
    for (std::size_t j = 0; j < exact.size(); ++j)
      spread.standardised +=
          std::pow((estimate.scores[j] - exact[j]) / estimate.errors[j], 2) / (players * double(seeds));
  }
  return {std::sqrt(spread.distance), std::sqrt(spread.standardised)};
}

TEST(Shapley, ErrorOfDrawsFallsWithTheRootOfTheirNumber) {
  const UnanimityGame game = game_of(24);
  const auto few = methods::draw_coalitions(24, 400, 0), many = methods::draw_coalitions(24, 1600, 0);
  ASSERT_EQ(few.enumerated, 48U);
  ASSERT_EQ(many.enumerated, 48U);  // the same sizes are taken whole: what differs is the number of draws
  const Spread first = spread_of(game, 400, 40), second = spread_of(game, 1600, 40);
  EXPECT_NEAR(second.distance / first.distance, std::sqrt(352.0 / 1552.0), 0.1);
  EXPECT_NEAR(second.standardised, 1, 0.15);
}

TEST(Shapley, DrawsComeInComplementaryPairs) {
  const auto coalitions = methods::draw_coalitions(24, 400, 3);
  for (std::size_t i = coalitions.enumerated; i < coalitions.members.size(); i += 2)
    for (std::size_t j = 0; j < 24; ++j) EXPECT_EQ(coalitions.members[i][j] + coalitions.members[i + 1][j], 1.0F);
  EXPECT_LE(coalitions.members.size(), 400U);
}

TEST(Shapley, RefusesTooFewSubsets) {
  const UnanimityGame game = game_of(24);
  const auto coalitions = methods::draw_coalitions(24, 10, 3);
  EXPECT_THROW((void)methods::shapley_regression(coalitions, answers(game, coalitions.members), 0, 1), Error);
}

methods::FitPoints points_of(std::size_t features, std::size_t count) {
  methods::FitPoints points;
  const UnanimityGame game = game_of(features);
  for (std::uint64_t i = 0; i < count; ++i) {
    points.x.push_back(methods::Draws(5, i).each(features, 0.6));
    points.weights.push_back(0.1 + std::abs(std::sin(double(i))));
    points.y.push_back(game(points.x.back()));
  }
  return points;
}

/// Σ w (y − b − βx) x_j; the last: Σ w (y − b − βx).
std::vector<double> pulls(const methods::FitPoints& points, const methods::LinearFit& fit) {
  std::vector<double> sums(fit.coefficients.size() + 1, 0.0);
  for (std::size_t i = 0; i < points.y.size(); ++i) {
    double residual = points.y[i] - fit.intercept;
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j) residual -= fit.coefficients[j] * double(points.x[i][j]);
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j)
      sums[j] += points.weights[i] * residual * double(points.x[i][j]);
    sums.back() += points.weights[i] * residual;
  }
  return sums;
}

TEST(LinearFit, RidgeIsTheMinimum) {
  const methods::FitPoints points = points_of(6, 80);
  const methods::LinearFit fit = methods::ridge_fit(points, 0.7);
  const std::vector<double> at_minimum = pulls(points, fit);
  for (std::size_t j = 0; j < 6; ++j) EXPECT_NEAR(at_minimum[j], 0.7 * fit.coefficients[j], 1e-9);
  EXPECT_NEAR(at_minimum.back(), 0, 1e-9);
  EXPECT_GT(fit.r_squared, 0.3);
  EXPECT_LT(fit.r_squared, 1);
}

TEST(LinearFit, LassoIsTheMinimum) {
  const methods::FitPoints points = points_of(6, 80);
  constexpr double kAlpha = 0.2;
  const methods::LinearFit fit = methods::lasso_fit(points, kAlpha);
  const double weight = std::accumulate(points.weights.begin(), points.weights.end(), 0.0);
  const std::vector<double> at_minimum = pulls(points, fit);
  std::size_t zeros = 0;
  for (std::size_t j = 0; j < 6; ++j) {
    const double beta = fit.coefficients[j];
    if (beta == 0) ++zeros;
    if (beta == 0)
      EXPECT_LE(std::abs(at_minimum[j] / weight), kAlpha + 1e-9);
    else
      EXPECT_NEAR(at_minimum[j] / weight, std::copysign(kAlpha, beta), 1e-9);
  }
  EXPECT_GT(zeros, 0U);
  EXPECT_LT(zeros, 6U);
}

/// Keeps features with a probability: RISE of a text.
class EachByItself : public methods::Perturbation {
 public:
  EachByItself(std::size_t features, double p, std::uint64_t seed) : features_(features), p_(p), seed_(seed) {}
  [[nodiscard]] std::int64_t count() const override { return 0; }
  [[nodiscard]] Presence presence(std::int64_t i) const override {
    return methods::Draws(seed_, static_cast<std::uint64_t>(i)).each(features_, p_);
  }
  [[nodiscard]] methods::Estimate estimate(const methods::Answers&) const override { return {}; }

 private:
  std::size_t features_;
  double p_;
  std::uint64_t seed_;
};

/// E[(f − E f) M_j] / p over all masks.
std::vector<double> expected_rise(const UnanimityGame& game, double p) {
  const std::size_t n = game.players;
  double mean = 0;
  std::vector<double> sums(n, 0.0);
  for (const bool center : {true, false})
    for (std::uint64_t set = 0; set < std::uint64_t{1} << n; ++set) {
      const Presence mask = methods::subset_of_bits(set, n);
      double chance = 1;
      for (const float kept : mask) chance *= kept != 0 ? p : 1 - p;
      if (center) mean += chance * game(mask);
      for (std::size_t j = 0; j < n && !center; ++j) sums[j] += chance * (game(mask) - mean) * double(mask[j]) / p;
    }
  return sums;
}

double rise_distance(const UnanimityGame& game, double p, std::size_t count, std::uint64_t seeds) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const EachByItself masks(game.players, p, seed);
    std::vector<double> f;
    for (std::size_t i = 0; i < count; ++i) f.push_back(game(masks.presence(static_cast<std::int64_t>(i))));
    const auto estimate = methods::rise_estimate(masks, f, game.players, p, true);
    sum += std::pow(distance(estimate.scores, expected_rise(game, p)), 2) / double(seeds);
  }
  return std::sqrt(sum);
}

TEST(Rise, ErrorFallsWithTheRootOfTheNumberOfMasks) {
  const UnanimityGame game = game_of(7);
  const double few = rise_distance(game, 0.4, 250, 40), many = rise_distance(game, 0.4, 4000, 40);
  EXPECT_NEAR(many / few, 0.25, 0.06);
}

TEST(Rise, MasksKeepEveryPixelWithTheSameProbability) {
  std::vector<double> mean(12 * 20, 0.0);
  constexpr int kMasks = 4000;
  for (std::uint64_t i = 0; i < kMasks; ++i) {
    const Presence mask = methods::rise_mask({12, 20}, {3, 4}, 0.3, 7, i);
    ASSERT_EQ(mask.size(), mean.size());
    for (std::size_t j = 0; j < mask.size(); ++j) {
      ASSERT_GE(mask[j], 0.0F);
      ASSERT_LE(mask[j], 1.0F);
      mean[j] += double(mask[j]) / kMasks;
    }
  }
  for (const double one : mean) EXPECT_NEAR(one, 0.3, 0.03);
  EXPECT_EQ(methods::rise_mask({12, 20}, {3, 4}, 0.3, 7, 5), methods::rise_mask({12, 20}, {3, 4}, 0.3, 7, 5));
}

TEST(Rise, RanksShareTies) {
  EXPECT_NEAR(*rank_correlation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{10, 20, 30, 40}), 1, 1e-12);
  EXPECT_NEAR(*rank_correlation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{4, 3, 2, 1}), -1, 1e-12);
  EXPECT_NEAR(*rank_correlation(std::vector<double>{1, 1, 2}, std::vector<double>{1, 2, 2}), 0.5, 1e-12);
}

TEST(Occlusion, WindowsStayInsideTheirSpan) {
  const methods::FeatureSpace text{.count = 5, .extent = {5}, .spans = {3, 2}};
  std::vector<std::vector<std::size_t>> found;
  for (const auto& window : methods::occlusion_windows(text, {2}, {1})) found.push_back(window.features);
  EXPECT_EQ(found, (std::vector<std::vector<std::size_t>>{{0, 1}, {1, 2}, {3, 4}}));
}

TEST(Occlusion, SquaresWalkOverThePicture) {
  const methods::FeatureSpace picture{.count = 12, .extent = {3, 4}};
  std::vector<std::vector<std::size_t>> found;
  for (const auto& window : methods::occlusion_windows(picture, {2, 2}, {1, 2})) found.push_back(window.features);
  EXPECT_EQ(found, (std::vector<std::vector<std::size_t>>{{0, 1, 4, 5}, {2, 3, 6, 7}, {4, 5, 8, 9}, {6, 7, 10, 11}}));
}

TEST(Slic, SegmentsFollowTheEdgesOfAPicture) {
  constexpr std::size_t kSize = 24;
  std::vector<double> picture(kSize * kSize);
  const auto bright = [](std::size_t y, std::size_t x) { return x > y + 2; };  // a slanted edge, across all cells
  for (std::size_t y = 0; y < kSize; ++y)
    for (std::size_t x = 0; x < kSize; ++x) picture[y * kSize + x] = bright(y, x) ? 1 : 0;
  const std::vector<std::size_t> segments = methods::slic(picture, kSize, kSize, 16);
  const std::size_t count = *std::max_element(segments.begin(), segments.end()) + 1;
  EXPECT_GE(count, 8U);
  EXPECT_LE(count, 32U);
  std::vector<std::size_t> dark(count, 0), light(count, 0);
  for (std::size_t i = 0; i < segments.size(); ++i) ++(bright(i / kSize, i % kSize) ? light : dark)[segments[i]];
  std::size_t astray = 0;
  for (std::size_t k = 0; k < count; ++k) {
    EXPECT_GT(dark[k] + light[k], 0U);
    astray += std::min(dark[k], light[k]);
  }
  EXPECT_LT(astray, kSize * kSize / 50);
}

methods::ResolvedOptions options_of(const methods::Method& method, const std::vector<std::string>& given) {
  auto options = methods::resolve_options(method.name, method.options, {}, given);
  if (options.has("kernel_width") && options.is_word("kernel_width")) options.set("kernel_width", 25.0);
  return options;
}

TEST(Lime, DrawsTheWholeTextAndThenAnySize) {
  const methods::Method& lime = methods::find_method("lime");
  const auto options = options_of(lime, {"n_samples=2000"});
  const methods::FeatureSpace space{.count = 4, .extent = {4}};
  const auto plan = lime.perturb({.options = options, .space = space, .seed = 3});
  EXPECT_EQ(plan->presence(0), Presence(4, 1.0F));
  std::vector<int> sizes(5, 0);
  for (std::int64_t i = 1; i < plan->count(); ++i) {
    const Presence kept = plan->presence(i);
    ++sizes[static_cast<std::size_t>(std::accumulate(kept.begin(), kept.end(), 0.0F))];
  }
  EXPECT_EQ(sizes[4], 0);
  for (std::size_t size = 0; size < 4; ++size) EXPECT_NEAR(sizes[size], 500, 80) << size;
}

TEST(AtMan, SuppressesNeighboursByTheirCosine) {
  const methods::Method& atman = methods::find_method("atman");
  const auto options = options_of(atman, {"suppression_factor=0.5", "similarity_threshold=0.6"});
  const methods::FeatureSpace space{.count = 3, .extent = {3}};
  const auto plan =
      atman.perturb({.options = options, .space = space, .similarity = {1, 0.8, 0.1, 0.8, 1, 0.5, 0.1, 0.5, 1}});
  EXPECT_EQ(plan->presence(0), (Presence{0.5F, 0.6F, 1.0F}));
  EXPECT_EQ(plan->presence(2), (Presence{1.0F, 1.0F, 0.5F}));
}

}  // namespace
}  // namespace pellucid::tests
