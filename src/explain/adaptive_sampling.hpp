#pragma once

#include "base/adaptive_quadrature.hpp"
#include "explain/sampling.hpp"

namespace pellucid::explain {

/// The most gradient passes that steps of one's own choice take, for a sample and target.
inline constexpr std::int64_t kMostAdaptivePasses = 513;

/// How the steps were chosen for one sample and target.
struct ChosenSteps {
  std::int64_t passes = 0;
  bool converged = false;
  double due = 0;             ///< y(x) − y(baseline)
  double error = 0;           ///< the bound on what is missed, over |y(x) − y(baseline)|
  double score_error = 0;     ///< largest disagreement of two rules over a score, over the largest |score|
  double at_start = 0;        ///< share of the error that lies in the intervals below kStart
  double risen_at_start = 0;  ///< share of y(x) − y(baseline) that arises below kStart
  std::vector<AdaptiveQuadrature::Interval> intervals;
};
/// What counts as the path's very beginning.
inline constexpr double kStart = 1.0 / 64;

struct AdaptiveResult {
  SamplingResult sampling;         ///< `passes`: the most that a sample and target took
  std::vector<double> values;      ///< y(x): [K·batch]
  std::vector<ChosenSteps> steps;  ///< [K·batch]
};

/// Integrates the gradient from the baseline to the input in steps that follow it (AdaptiveQuadrature), for every
/// target and sample by itself. `program` has a single target, `input.seeds` have all of them: a row of a call is a
/// point of one sample and target, so that what one is given doesn't depend on the others. `jobs`: samples and targets
/// that are held at a time.
[[nodiscard]] AdaptiveResult run_adaptive(const run::Session& session, const ProgramGraph& program,
                                          const std::string& at, bool batch_free, const methods::SamplingPlan& plan,
                                          const SamplingInput& input, std::int64_t jobs);

/// Bytes that one sample and target may take meanwhile.
[[nodiscard]] std::uint64_t adaptive_bytes(const methods::SamplingPlan& plan, const Shape& x);

}  // namespace pellucid::explain
