#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include <pellucid/comparison.hpp>

#include "methods/perturbation/perturbation.hpp"

namespace pellucid::explain {

/// Places from the first that is removed to the last.
using RemovalOrder = std::vector<std::size_t>;

/// How many of the places are removed at each point: ⌊places·j/steps + ½⌋ for j = 0 … steps, each number once.
[[nodiscard]] std::vector<std::int64_t> removal_counts(std::int64_t places, std::int64_t steps);

/// What is left where the first `count` places of the order are removed.
[[nodiscard]] methods::Presence left_over(const RemovalOrder& order, std::int64_t count);

/// The i-th random order: a function of (places, seed, i).
[[nodiscard]] RemovalOrder random_order(std::int64_t places, std::uint64_t seed, std::int64_t i);

/// The area under values at these counts, over the share of places removed: trapezoids.
[[nodiscard]] double area_under(const std::vector<std::int64_t>& removed, const std::vector<double>& values);

/// The mean of curves, point by point.
[[nodiscard]] DeletionCurve mean_curve(const std::vector<DeletionCurve>& curves);

/// Changed inputs, each asked for once, however many orders come through it.
class RemovalPlan {
 public:
  explicit RemovalPlan(std::vector<std::int64_t> removed) : removed_(std::move(removed)) {}

  /// Adds an order; its number is how many were added before.
  void add(const RemovalOrder& order);
  /// What is to be run.
  [[nodiscard]] const std::vector<methods::Presence>& inputs() const noexcept { return inputs_; }
  [[nodiscard]] std::size_t orders() const noexcept { return points_.size(); }
  /// The curve of an order, given what the model answers for each of `inputs`.
  [[nodiscard]] DeletionCurve curve(std::size_t order, std::span<const double> answers) const;

 private:
  std::vector<std::int64_t> removed_;
  std::vector<methods::Presence> inputs_;
  std::map<methods::Presence, std::size_t> known_;
  std::vector<std::vector<std::size_t>> points_;  // [orders][points]: the changed input
};

}  // namespace pellucid::explain
