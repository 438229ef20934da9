#pragma once

#include <cstdint>
#include <vector>

#include "methods/perturbation/perturbation.hpp"

namespace pellucid::methods {

/// φ_j = Σ_{S ∌ j} |S|!(n − |S| − 1)!/n! (v(S ∪ j) − v(S)); bit j of an index into `values` says that j is in S.
[[nodiscard]] std::vector<double> shapley_values(const std::vector<double>& values, std::size_t players);

/// Subsets of players, neither empty nor whole, for the regression whose solution are the Shapley values.
struct Coalitions {
  std::vector<Presence> members;
  std::vector<double> weights;
  std::size_t enumerated = 0;  ///< these are all of their sizes; behind them come drawn pairs (S, everybody else)
};

/// At most `budget` subsets: sizes are taken whole from outside in while the budget covers them, the others drawn by
/// their weight π(k) C(n, k), each subset with its complement. Pair i is a function of (seed, i).
[[nodiscard]] Coalitions draw_coalitions(std::size_t players, std::int64_t budget, std::uint64_t seed);

/// argmin Σ_S w_S (v(S) − v(∅) − Σ_{j∈S} φ_j)² with Σφ = v(N) − v(∅), and the standard errors of the draws. Throws
/// Error{kUsage} where the subsets don't determine φ.
[[nodiscard]] Estimate shapley_regression(const Coalitions& coalitions, const std::vector<double>& values, double empty,
                                          double whole);

}  // namespace pellucid::methods
