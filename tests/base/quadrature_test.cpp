#include "base/quadrature.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "support/expect_error.hpp"

namespace pellucid {
namespace {

double integral(const Nodes& nodes, double (*f)(double)) {
  double sum = 0;
  for (std::size_t k = 0; k < nodes.at.size(); ++k) sum += nodes.weight[k] * f(nodes.at[k]);
  return sum;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

void expect_nodes(const Nodes& nodes, const std::vector<double>& at, const std::vector<double>& weight) {
  ASSERT_EQ(nodes.at.size(), at.size());
  ASSERT_EQ(nodes.weight.size(), weight.size());
  for (std::size_t k = 0; k < at.size(); ++k) {
    EXPECT_DOUBLE_EQ(nodes.at[k], at[k]);
    EXPECT_DOUBLE_EQ(nodes.weight[k], weight[k]);
  }
}

TEST(GaussLegendre, ClosedForms) {
  expect_nodes(quadrature("gausslegendre", 1), {0.5}, {1});
  const double two = std::sqrt(1.0 / 3) / 2;
  expect_nodes(quadrature("gausslegendre", 2), {0.5 - two, 0.5 + two}, {0.5, 0.5});
  const double three = std::sqrt(3.0 / 5) / 2;
  expect_nodes(quadrature("gausslegendre", 3), {0.5 - three, 0.5, 0.5 + three}, {5.0 / 18, 8.0 / 18, 5.0 / 18});
  const double root = 2 * std::sqrt(10.0 / 7), inner = std::sqrt(5 - root) / 6, outer = std::sqrt(5 + root) / 6;
  const double heavy = (322 + 13 * std::sqrt(70.0)) / 1800, light = (322 - 13 * std::sqrt(70.0)) / 1800;
  expect_nodes(quadrature("gausslegendre", 5), {0.5 - outer, 0.5 - inner, 0.5, 0.5 + inner, 0.5 + outer},
               {light, heavy, 64.0 / 225, heavy, light});
}

struct Known {
  std::size_t index;
  double at, weight;
};

// From Newton's method in decimal arithmetic of 50 digits.
TEST(GaussLegendre, FullPrecisionForManyNodes) {
  const auto check = [](std::int64_t n, const std::vector<Known>& known) {
    const Nodes nodes = quadrature("gausslegendre", n);
    for (const Known& k : known) {
      EXPECT_NEAR(nodes.at[k.index] / k.at, 1, 2e-15) << n << " " << k.index;
      EXPECT_NEAR(nodes.weight[k.index] / k.weight, 1, 2e-14) << n << " " << k.index;
    }
  };
  check(64, {{0, 0.00034747913211393029, 0.00089164036084821651},
             {1, 0.0018299416140223604, 0.002073516630281234},
             {16, 0.15738184347288336, 0.017736106628441193},
             {31, 0.48782485366828776, 0.024345478504569862}});
  check(1024, {{0, 1.3774727207798241e-06, 3.5350382050912949e-06},
               {1, 7.2578074857776162e-06, 8.2288637899484346e-06},
               {256, 0.14712489961652744, 0.0010862345551064291},
               {511, 0.49923338432196868, 0.0015332301546219541}});
}

TEST(GaussLegendre, IsExactForPolynomialsOfDegreeBelowTwiceN) {
  for (std::int64_t n = 1; n <= 40; ++n) {
    const Nodes nodes = quadrature("gausslegendre", n);
    for (std::int64_t degree = 0; degree < 2 * n; ++degree) {
      double sum = 0;
      for (std::size_t k = 0; k < nodes.at.size(); ++k) {
        sum += nodes.weight[k] * std::pow(nodes.at[k], static_cast<double>(degree));
      }
      EXPECT_NEAR(sum, 1 / static_cast<double>(degree + 1), 5e-15) << n << " " << degree;
    }
  }
  double not_exact = 0;
  const Nodes two = quadrature("gausslegendre", 2);
  for (std::size_t k = 0; k < 2; ++k) not_exact += two.weight[k] * std::pow(two.at[k], 4);
  EXPECT_GT(std::abs(not_exact - 0.2), 1e-3);
}

TEST(GaussLegendre, WeightsAreSymmetricAndSumToOne) {
  for (const std::int64_t n : {1, 2, 7, 50, 51, 333, 512, 1024}) {
    const Nodes nodes = quadrature("gausslegendre", n);
    EXPECT_TRUE(std::is_sorted(nodes.at.begin(), nodes.at.end()));
    EXPECT_GT(nodes.at.front(), 0);
    EXPECT_LT(nodes.at.back(), 1);
    EXPECT_NEAR(sum(nodes.weight), 1, 1e-14) << n;
    EXPECT_TRUE(std::equal(nodes.weight.begin(), nodes.weight.end(), nodes.weight.rbegin()));
    EXPECT_NEAR(integral(nodes, [](double a) { return std::exp(a); }), std::exp(1.0) - 1, n < 7 ? 0.1 : 1e-14);
  }
}

TEST(Riemann, NodesAndWeightsAsDefined) {
  const double quarter = 0.25, third = 1.0 / 3;
  expect_nodes(quadrature("riemann_left", 4), {0, 0.25, 0.5, 0.75}, {quarter, quarter, quarter, quarter});
  expect_nodes(quadrature("riemann_right", 4), {0.25, 0.5, 0.75, 1}, {quarter, quarter, quarter, quarter});
  expect_nodes(quadrature("riemann_middle", 4), {0.125, 0.375, 0.625, 0.875}, {quarter, quarter, quarter, quarter});
  expect_nodes(quadrature("riemann_trapezoid", 4), {0, third, 2 * third, 1}, {0.125, quarter, quarter, 0.125});
  expect_nodes(quadrature("trapezoid", 4), {0, third, 2 * third, 1}, {third / 2, third, third, third / 2});
  expect_nodes(quadrature("riemann_inclusive", 4), {0, 0.25, 0.5, 0.75, 1}, {0.2, 0.2, 0.2, 0.2, 0.2});
}

TEST(Riemann, SumsOfWeights) {
  EXPECT_NEAR(sum(quadrature("riemann_trapezoid", 50).weight), 49.0 / 50, 1e-14);
  for (const char* rule : {"riemann_left", "riemann_right", "riemann_middle", "trapezoid", "riemann_inclusive"}) {
    EXPECT_NEAR(sum(quadrature(rule, 50).weight), 1, 1e-14) << rule;
  }
}

TEST(Quadrature, RefusesOtherRulesAndSteps) {
  using tests::expect_error;
  expect_error(ErrorCode::kUsage, "gausslegendre, riemann_left, riemann_right, riemann_middle, riemann_trapezoid",
               [] { (void)quadrature("simpson", 4); });
  expect_error(ErrorCode::kUsage, "'my_trapezoid'", [] { (void)quadrature("my_trapezoid", 4); });
  expect_error(ErrorCode::kUsage, "n_steps=0", [] { (void)quadrature("gausslegendre", 0); });
  expect_error(ErrorCode::kUsage, "n_steps=-3", [] { (void)quadrature("riemann_left", -3); });
  expect_error(ErrorCode::kUsage, "takes 2 to 65536", [] { (void)quadrature("riemann_trapezoid", 1); });
  expect_error(ErrorCode::kUsage, "takes 2 to 65536", [] { (void)quadrature("trapezoid", 1); });
  expect_error(ErrorCode::kUsage, "takes 1 to 65536", [] { (void)quadrature("riemann_left", 65537); });
}

}  // namespace
}  // namespace pellucid
