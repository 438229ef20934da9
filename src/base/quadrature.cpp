#include "base/quadrature.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>

#include "base/check.hpp"

namespace pellucid {
namespace {

struct Legendre {
  double value, derivative;  // P_n(1 − t) and P_n′(1 − t)
};

/// The recurrence (k+1) P_{k+1} = (2k+1) x P_k − k P_{k−1} in terms of t = 1 − x and of the differences
/// d_k = P_k − P_{k−1}: near x = 1, where the nodes crowd, nothing cancels.
Legendre legendre(std::int64_t n, double t) {
  double value = 1 - t, difference = -t;
  for (std::int64_t k = 1; k < n; ++k) {
    const auto degree = static_cast<double>(k);
    difference = (degree * difference - (2 * degree + 1) * t * value) / (degree + 1);
    value += difference;
  }
  // (1 − x²) P_n′ = n (P_{n−1} − x P_n)
  return {value, static_cast<double>(n) * (t * value - difference) / (t * (2 - t))};
}

/// Distance from 1 of the k-th Legendre node from above, by Newton from its asymptotic place.
double distance_from_one(std::int64_t n, std::int64_t k) {
  const double angle = std::numbers::pi * (static_cast<double>(k) + 0.75) / (static_cast<double>(n) + 0.5);
  const double half_sine = std::sin(angle / 2);
  double t = 2 * half_sine * half_sine;
  constexpr int kMostSteps = 50;
  for (int step = 0; step < kMostSteps; ++step) {
    const Legendre p = legendre(n, t);
    const double change = p.value / p.derivative;  // dt = −dx
    t += change;
    if (std::abs(change) <= 1e-15 * t) break;
  }
  return t;
}

Nodes gauss_legendre(std::int64_t n) {
  const auto count = static_cast<std::size_t>(n);
  Nodes out{std::vector<double>(count), std::vector<double>(count)};
  for (std::int64_t k = 0; 2 * k < n; ++k) {
    const bool middle = 2 * k + 1 == n;
    const double t = middle ? 1.0 : distance_from_one(n, k);
    const double slope = legendre(n, t).derivative;
    const auto low = static_cast<std::size_t>(k), high = count - 1 - low;
    out.at[low] = t / 2;
    out.at[high] = 1 - t / 2;
    out.weight[low] = out.weight[high] = 1 / (t * (2 - t) * slope * slope);
  }
  return out;
}

/// (k + offset)/denominator for k = 0 … count−1, all of one weight.
Nodes evenly(std::int64_t count, double offset, std::int64_t denominator, double weight) {
  Nodes out;
  for (std::int64_t k = 0; k < count; ++k) {
    out.at.push_back((static_cast<double>(k) + offset) / static_cast<double>(denominator));
    out.weight.push_back(weight);
  }
  return out;
}

Nodes halved_at_the_ends(Nodes nodes) {
  nodes.weight.front() /= 2;
  nodes.weight.back() /= 2;
  return nodes;
}

double one_over(std::int64_t n) { return 1 / static_cast<double>(n); }

using Rule = Nodes (*)(std::int64_t n);

constexpr std::array<std::pair<std::string_view, Rule>, 7> kRules = {{
    {"gausslegendre", gauss_legendre},
    {"riemann_left", [](std::int64_t n) { return evenly(n, 0, n, one_over(n)); }},
    {"riemann_right", [](std::int64_t n) { return evenly(n, 1, n, one_over(n)); }},
    {"riemann_middle", [](std::int64_t n) { return evenly(n, 0.5, n, one_over(n)); }},
    {"riemann_trapezoid", [](std::int64_t n) { return halved_at_the_ends(evenly(n, 0, n - 1, one_over(n))); }},
    {"trapezoid", [](std::int64_t n) { return halved_at_the_ends(evenly(n, 0, n - 1, one_over(n - 1))); }},
    {"riemann_inclusive", [](std::int64_t n) { return evenly(n + 1, 0, n, one_over(n + 1)); }},
}};

}  // namespace

Nodes quadrature(const std::string& rule, std::int64_t n) {
  constexpr std::int64_t kMostNodes = 65536;
  const std::int64_t fewest = rule.ends_with("trapezoid") ? 2 : 1;
  std::vector<std::string_view> names;
  for (const auto& [name, nodes] : kRules) {
    names.push_back(name);
    if (name != rule) continue;
    PELLUCID_CHECK(n >= fewest && n <= kMostNodes, kUsage, "n_steps={} is out of range: {} takes {} to {} steps", n,
                   rule, fewest, kMostNodes);
    return nodes(n);
  }
  fail(ErrorCode::kUsage, "there is no quadrature rule '{}': choose one of {}", rule, fmt::join(names, ", "));
}

}  // namespace pellucid
