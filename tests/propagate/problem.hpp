#pragma once

#include <map>
#include <vector>

#include "propagate/case.hpp"
#include "propagate/walk.hpp"

namespace pellucid::tests {

inline constexpr std::int64_t kTargets = 2;

/// A case's graph with random cotangents on its outputs.
class Problem {
 public:
  Problem(const Case& of, ElementType type);

  CaseGraph at;

  /// Emits the walk and returns the values that carry the cotangents of `wanted`. Throws std::runtime_error where
  /// nothing arrives.
  [[nodiscard]] std::vector<ValueId> walk_to(const std::vector<ValueId>& wanted);
  /// What the reference executor makes of them.
  [[nodiscard]] std::vector<TensorD> gradients(const std::vector<ValueId>& wanted);
  /// The central difference of the sum over the outputs of <cotangent, output>, per target, along `direction`.
  [[nodiscard]] std::vector<double> central_difference(const std::map<ValueId, TensorD>& direction) const;

 private:
  std::vector<double> moved(const std::map<ValueId, TensorD>& direction, double step) const;

  graph::Graph forward_;
  std::vector<propagate::Seed> seeds_;
};

}  // namespace pellucid::tests
