#include "base/adaptive_quadrature.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>

#include "base/check.hpp"

namespace pellucid {
namespace {

/// Shares of the interval's width.
constexpr std::array kBoole{7.0 / 90, 32.0 / 90, 12.0 / 90, 32.0 / 90, 7.0 / 90};
constexpr std::array kSimpson{1.0 / 12, 4.0 / 12, 2.0 / 12, 4.0 / 12, 1.0 / 12};
constexpr std::int64_t kAddedByHalving = 4;
/// Narrower intervals aren't halved: their nodes couldn't be told apart in single precision.
constexpr double kNarrowest = 1.0 / (1 << 24);

std::array<double, kBoole.size()> nodes_of(const AdaptiveQuadrature::Interval& interval) {
  std::array<double, kBoole.size()> nodes{};
  const double step = (interval.end - interval.begin) / static_cast<double>(nodes.size() - 1);
  for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i] = interval.begin + step * static_cast<double>(i);
  return nodes;
}

std::map<double, double> weights(const std::vector<AdaptiveQuadrature::Interval>& intervals,
                                 const std::array<double, kBoole.size()>& rule) {
  std::map<double, double> sums;
  for (const AdaptiveQuadrature::Interval& interval : intervals) {
    const auto at = nodes_of(interval);
    for (std::size_t i = 0; i < at.size(); ++i) sums[at[i]] += rule[i] * (interval.end - interval.begin);
  }
  return sums;
}

}  // namespace

AdaptiveQuadrature::AdaptiveQuadrature(double tolerance, std::int64_t most, double rounding)
    : tolerance_(tolerance), most_(most), rounding_(rounding) {
  PELLUCID_ASSERT(tolerance > 0 && most >= static_cast<std::int64_t>(kBoole.size()));
  intervals_.push_back({0, 1, 0});
  const auto nodes = nodes_of(intervals_.front());
  wanted_.assign(nodes.begin(), nodes.end());
}

void AdaptiveQuadrature::tell(double at, double value, double slope) { told_[at] = {value, slope}; }

double AdaptiveQuadrature::integral() const { return told_.at(1).value - told_.at(0).value; }

double AdaptiveQuadrature::error() const {
  return std::accumulate(intervals_.begin(), intervals_.end(), 0.0,
                         [](double sum, const Interval& interval) { return sum + interval.error; });
}

double AdaptiveQuadrature::error_of(const Interval& interval) const {
  double boole = 0, simpson = 0, halves = 0;
  const auto nodes = nodes_of(interval);
  const auto slope = [&](std::size_t i) { return told_.at(nodes[i]).slope * (interval.end - interval.begin); };
  const auto known = [&](std::size_t from, std::size_t to) {
    return told_.at(nodes[to]).value - told_.at(nodes[from]).value;
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) boole += kBoole[i] * slope(i);
  for (const std::size_t begin : {0, 2}) {
    const double half = (slope(begin) + 4 * slope(begin + 1) + slope(begin + 2)) / 12;
    halves += std::abs(half - known(begin, begin + 2));
    simpson += half;
  }
  return std::max({std::abs(boole - known(0, 4)), std::abs(boole - simpson), halves});
}

/// The fewest intervals without which the others' errors add up to what is allowed.
std::vector<std::size_t> AdaptiveQuadrature::worst() const {
  std::vector<std::size_t> order(intervals_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [this](std::size_t a, std::size_t b) { return intervals_[a].error > intervals_[b].error; });
  double left = error();
  std::vector<std::size_t> chosen;
  auto room = most_ - evaluations();
  for (const std::size_t at : order) {
    if (left <= tolerance_ * std::abs(integral()) || room < kAddedByHalving) break;
    if (intervals_[at].error <= rounding_) break;
    left -= intervals_[at].error;
    if (intervals_[at].end - intervals_[at].begin <= kNarrowest) continue;
    chosen.push_back(at);
    room -= kAddedByHalving;
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

void AdaptiveQuadrature::refine() {
  for (Interval& interval : intervals_) interval.error = error_of(interval);
  wanted_.clear();
  converged_ = error() <= tolerance_ * std::abs(integral());
  if (converged_) return;
  std::vector<Interval> refined;
  const std::vector<std::size_t> chosen = worst();
  for (std::size_t i = 0; i < intervals_.size(); ++i) {
    const Interval& interval = intervals_[i];
    if (!std::binary_search(chosen.begin(), chosen.end(), i)) {
      refined.push_back(interval);
      continue;
    }
    const double middle = (interval.begin + interval.end) / 2;
    refined.push_back({interval.begin, middle, 0});
    refined.push_back({middle, interval.end, 0});
    for (const Interval& half : {refined[refined.size() - 2], refined.back()})
      for (const double node : nodes_of(half))
        if (told_.count(node) == 0) wanted_.push_back(node);
  }
  intervals_ = std::move(refined);
}

Nodes AdaptiveQuadrature::nodes() const {
  Nodes nodes;
  for (const auto& [at, weight] : weights(intervals_, kBoole)) {
    nodes.at.push_back(at);
    nodes.weight.push_back(weight);
  }
  return nodes;
}

std::vector<double> AdaptiveQuadrature::coarse_weights() const {
  std::vector<double> coarse;
  for (const auto& [at, weight] : weights(intervals_, kSimpson)) coarse.push_back(weight);
  return coarse;
}

double AdaptiveQuadrature::risen_below(double alpha) const {
  return std::prev(told_.upper_bound(alpha))->second.value - told_.at(0).value;
}

}  // namespace pellucid
