#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/quadrature.hpp"

namespace pellucid {

/// ∫₀¹ φ(α) dα in steps that follow φ, for a φ whose antiderivative F is told along with it. [0, 1] is cut into
/// intervals of five evenly spaced nodes with the weights of Boole's rule. Halving an interval keeps all its nodes and
/// adds four: no evaluation is ever left out of the result.
///
/// An interval's error is the largest of
///   |Boole − (F(end) − F(begin))|                    what it misses of the known integral,
///   |Boole − Simpson|                                what two rules over the same nodes disagree by,
///   |Simpson − F|_left half + |Simpson − F|_right    what the lower rule misses of both halves' known integrals.
/// Their sum over all intervals bounds what the whole misses: errors of opposite sign can't cancel in it, and an
/// interval whose gap is 0 by chance still counts by the others. The work ends where the sum is at most
/// tolerance · |F(1) − F(0)|.
class AdaptiveQuadrature {
 public:
  struct Interval {
    double begin = 0, end = 0, error = 0;
  };

  /// `tolerance` > 0; `most`: of evaluations, at least 5; `rounding`: of F: intervals that miss no more
  /// are not halved.
  AdaptiveQuadrature(double tolerance, std::int64_t most, double rounding = 0);

  /// Where φ and F are wanted next, ascending; empty at the end.
  [[nodiscard]] const std::vector<double>& wanted() const { return wanted_; }
  /// F and φ at a wanted node.
  void tell(double at, double value, double slope);
  /// To be called when all that was wanted has been told: halves the worst intervals, until what the others miss is
  /// small enough.
  void refine();

  /// Whether the error is within the tolerance; false at the end says that the limit, or
  /// rounding, ended it.
  [[nodiscard]] bool converged() const { return converged_; }
  /// The sum of the intervals' errors, and the integral that is known.
  [[nodiscard]] double error() const;
  [[nodiscard]] double integral() const;
  [[nodiscard]] std::int64_t evaluations() const { return static_cast<std::int64_t>(told_.size()); }
  /// Ascending.
  [[nodiscard]] const std::vector<Interval>& intervals() const { return intervals_; }
  /// All nodes told, with the weights of Boole's rule, and Simpson's weights of the same nodes.
  [[nodiscard]] Nodes nodes() const;
  [[nodiscard]] std::vector<double> coarse_weights() const;
  /// F at the largest node up to α, minus F(0).
  [[nodiscard]] double risen_below(double alpha) const;

 private:
  struct Told {
    double value = 0, slope = 0;
  };
  [[nodiscard]] double error_of(const Interval& interval) const;
  [[nodiscard]] std::vector<std::size_t> worst() const;

  double tolerance_;
  std::int64_t most_;
  double rounding_;
  bool converged_ = false;
  std::map<double, Told> told_;  // nodes are k/2ⁿ: exact, so that equal ones compare equal
  std::vector<Interval> intervals_;
  std::vector<double> wanted_;
};

}  // namespace pellucid
