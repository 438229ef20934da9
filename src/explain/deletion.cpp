#include "explain/deletion.hpp"

#include <numeric>

#include "base/check.hpp"
#include "base/random.hpp"

namespace pellucid::explain {

std::vector<std::int64_t> removal_counts(std::int64_t places, std::int64_t steps) {
  PELLUCID_ASSERT(places >= 1 && steps >= 1);
  std::vector<std::int64_t> counts;
  for (std::int64_t j = 0; j <= steps; ++j) {
    const std::int64_t count = (2 * places * j + steps) / (2 * steps);
    if (counts.empty() || counts.back() != count) counts.push_back(count);
  }
  return counts;
}

methods::Presence left_over(const RemovalOrder& order, std::int64_t count) {
  methods::Presence left(order.size(), 1.0F);
  for (std::int64_t i = 0; i < count; ++i) left[order[static_cast<std::size_t>(i)]] = 0;
  return left;
}

// Fisher and Yates: place i is exchanged with one of 0 … i.
RemovalOrder random_order(std::int64_t places, std::uint64_t seed, std::int64_t i) {
  const CounterRandom random(seed, static_cast<std::uint64_t>(i));
  RemovalOrder order(static_cast<std::size_t>(places));
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t last = order.size() - 1; last > 0; --last)
    std::swap(order[last], order[static_cast<std::size_t>(random.uniform(last) * static_cast<double>(last + 1))]);
  return order;
}

double area_under(const std::vector<std::int64_t>& removed, const std::vector<double>& values) {
  PELLUCID_ASSERT(removed.size() == values.size() && removed.back() > 0);
  double area = 0;
  for (std::size_t i = 1; i < values.size(); ++i)
    area += static_cast<double>(removed[i] - removed[i - 1]) * (values[i] + values[i - 1]) / 2;
  return area / static_cast<double>(removed.back());
}

DeletionCurve mean_curve(const std::vector<DeletionCurve>& curves) {
  PELLUCID_ASSERT(!curves.empty());
  const auto count = static_cast<double>(curves.size());
  DeletionCurve mean{std::vector<double>(curves.front().values.size(), 0.0), 0};
  for (const DeletionCurve& curve : curves) {
    mean.area += curve.area / count;
    for (std::size_t i = 0; i < mean.values.size(); ++i) mean.values[i] += curve.values[i] / count;
  }
  return mean;
}

void RemovalPlan::add(const RemovalOrder& order) {
  std::vector<std::size_t>& points = points_.emplace_back();
  for (const std::int64_t count : removed_) {
    methods::Presence left = left_over(order, count);
    const auto [at, fresh] = known_.emplace(left, inputs_.size());
    if (fresh) inputs_.push_back(std::move(left));
    points.push_back(at->second);
  }
}

DeletionCurve RemovalPlan::curve(std::size_t order, std::span<const double> answers) const {
  PELLUCID_ASSERT(answers.size() == inputs_.size());
  DeletionCurve curve;
  for (const std::size_t input : points_.at(order)) curve.values.push_back(answers[input]);
  curve.area = area_under(removed_, curve.values);
  return curve;
}

}  // namespace pellucid::explain
