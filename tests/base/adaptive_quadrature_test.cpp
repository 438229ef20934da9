#include "base/adaptive_quadrature.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>

namespace pellucid {
namespace {

constexpr double kPi = std::numbers::pi;
using Function = std::function<double(double)>;

/// Follows φ with its antiderivative F to the end.
AdaptiveQuadrature follow(const Function& value, const Function& slope, double tolerance, std::int64_t most = 2001) {
  AdaptiveQuadrature steps(tolerance, most);
  while (!steps.wanted().empty()) {
    for (const double at : steps.wanted()) steps.tell(at, value(at), slope(at));
    steps.refine();
  }
  return steps;
}

double integral(const Nodes& nodes, const Function& slope) {
  double sum = 0;
  for (std::size_t k = 0; k < nodes.at.size(); ++k) sum += nodes.weight[k] * slope(nodes.at[k]);
  return sum;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(AdaptiveQuadrature, FiveNodesForACubic) {
  const auto value = [](double a) { return a * a * a * a - a * a; };
  const auto slope = [](double a) { return 4 * a * a * a - 2 * a; };
  const auto steps = follow([&](double a) { return value(a) + a; }, [&](double a) { return slope(a) + 1; }, 1e-12);
  EXPECT_TRUE(steps.converged());
  const Nodes nodes = steps.nodes();
  ASSERT_EQ(nodes.at, (std::vector<double>{0, 0.25, 0.5, 0.75, 1}));
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(nodes.weight[i], (std::vector<double>{7, 32, 12, 32, 7})[i] / 90, 1e-16);
  EXPECT_NEAR(sum(steps.coarse_weights()), 1, 1e-15);
}

// A step of width 1/100 at 0.3: the nodes crowd there, and none is thrown away.
TEST(AdaptiveQuadrature, FollowsWhereTheSlopeChanges) {
  const auto value = [](double a) { return std::atan((a - 0.3) * 100); };
  const auto slope = [](double a) { return 100 / (1 + std::pow((a - 0.3) * 100, 2)); };
  const auto steps = follow(value, slope, 1e-3);
  EXPECT_TRUE(steps.converged());
  const Nodes nodes = steps.nodes();
  EXPECT_EQ(static_cast<std::int64_t>(nodes.at.size()), steps.evaluations());
  EXPECT_EQ(steps.evaluations(), 4 * static_cast<std::int64_t>(steps.intervals().size()) + 1);
  EXPECT_LT(steps.evaluations(), 120);
  EXPECT_NEAR(sum(nodes.weight), 1, 1e-14);
  const double due = value(1) - value(0);
  EXPECT_DOUBLE_EQ(steps.integral(), due);
  EXPECT_LE(steps.error(), 1e-3 * due);
  EXPECT_LE(std::abs(integral(nodes, slope) - due), steps.error());
  for (const AdaptiveQuadrature::Interval& interval : steps.intervals()) {
    const bool holds = interval.begin <= 0.3 && 0.3 <= interval.end;
    EXPECT_LE(interval.end - interval.begin, holds ? 1.0 / 32 : 0.5);
  }
}

// Symmetric: both rules over the first five nodes give the known integral. The halves' integrals aren't met.
TEST(AdaptiveQuadrature, IsNotStoppedByAGapOfZeroByChance) {
  const auto odd = follow([](double a) { return a - std::cos(2 * kPi * a) * 5 / (2 * kPi); },
                          [](double a) { return 1 + 5 * std::sin(2 * kPi * a); }, 1e-3);
  EXPECT_TRUE(odd.converged());
  EXPECT_GT(odd.evaluations(), 5);
}

TEST(AdaptiveQuadrature, SaysWhereItsLimitEndsIt) {
  // 1/√α has no finite slope at 0: what stands for it there is larger than any.
  const auto steps = follow([](double a) { return std::sqrt(a); },
                            [](double a) { return a == 0 ? 1e9 : 0.5 / std::sqrt(a); }, 1e-3, 61);
  EXPECT_FALSE(steps.converged());
  EXPECT_LE(steps.evaluations(), 61);
  EXPECT_GT(steps.error(), 1e-3);
  EXPECT_EQ(static_cast<std::int64_t>(steps.nodes().at.size()), steps.evaluations());
  EXPECT_GT(steps.intervals().front().error, 0.9 * steps.error());
  EXPECT_NEAR(steps.risen_below(1.0 / 64), 0.125, 1e-12);
}

// Narrower than single precision can tell apart is never asked for.
TEST(AdaptiveQuadrature, EndsAtAJump) {
  const auto steps = follow([](double a) { return a > 0 ? 1.0 : 0.0; }, [](double) { return 0.0; }, 1e-6, 100000);
  EXPECT_FALSE(steps.converged());
  EXPECT_LT(steps.evaluations(), 200);
  EXPECT_NEAR(steps.error(), 1, 1e-12);
}

TEST(AdaptiveQuadrature, NothingToExplain) {
  const auto steps = follow([](double) { return 2.0; }, [](double) { return 0.0; }, 1e-2);
  EXPECT_TRUE(steps.converged());
  EXPECT_EQ(steps.evaluations(), 5);
}

}  // namespace
}  // namespace pellucid
