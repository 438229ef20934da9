#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "explain/adaptive_sampling.hpp"
#include "explain/explainer.hpp"

namespace pellucid::explain {
namespace {

using PerTarget = std::vector<std::vector<double>>;  ///< [K][batch]

/// One number of every sample and target.
template <class Number>
PerTarget table(const std::vector<ChosenSteps>& steps, std::int64_t batch, const Number& number) {
  PerTarget rows;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i % static_cast<std::size_t>(batch) == 0) rows.emplace_back();
    rows.back().push_back(number(steps[i]));
  }
  return rows;
}

/// A table times another, element by element.
PerTarget times(PerTarget table, const PerTarget& factors) {
  for (std::size_t k = 0; k < table.size(); ++k)
    for (std::size_t b = 0; b < table[k].size(); ++b) table[k][b] *= factors[k][b];
  return table;
}

/// What each interval may miss, over y(x) − y(baseline).
std::vector<GapAt> intervals(const std::vector<ChosenSteps>& steps, std::int64_t batch, const PerTarget& due) {
  std::vector<GapAt> places;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::size_t k = i / static_cast<std::size_t>(batch), b = i % static_cast<std::size_t>(batch);
    for (const AdaptiveQuadrature::Interval& interval : steps[i].intervals)
      places.push_back({fmt::format("target {}, sample {}: path {} to {}", k, b, interval.begin, interval.end),
                        due[k][b] != 0 ? interval.error / std::abs(due[k][b]) : 0});
  }
  return places;
}

PerTarget largest_scores(const Tensor& scores, std::size_t targets, std::size_t batch) {
  const std::vector<double> all = scores.to_doubles();
  const std::size_t each = all.size() / (targets * batch);
  PerTarget largest(targets, std::vector<double>(batch));
  for (std::size_t i = 0; i < all.size(); ++i) {
    double& most = largest[i / each / batch][i / each % batch];
    most = std::max(most, std::abs(all[i]));
  }
  return largest;
}

/// [batch]: the largest |logit|.
std::vector<double> sizes_of(const Tensor& logits, std::int64_t batch) {
  const std::vector<double> all = logits.to_doubles();
  const std::size_t each = all.size() / static_cast<std::size_t>(batch);
  std::vector<double> sizes(static_cast<std::size_t>(batch), 0.0);
  for (std::size_t i = 0; i < all.size(); ++i) sizes[i / each] = std::max(sizes[i / each], std::abs(all[i]));
  return sizes;
}

}  // namespace

/// Steps that follow the gradient know how good they are by what the scores must add up to.
void Explainer::check_adaptive() const {
  const methods::ResolvedOptions& options = resolved_.options;
  if (!options.has("n_steps") || !options.is_word("n_steps") || options.word("n_steps") != "adaptive") return;
  PELLUCID_CHECK(resolved_.rules == "gradient", kUsage,
                 "option n_steps=adaptive: it follows the gradient, whose integral is known; under the rule set '{}' "
                 "give a number of steps",
                 resolved_.rules);
}

/// Rows of a gradient program with one target: every point has its own sample and target.
void Explainer::run_adaptive_plan(const methods::SamplingPlan& plan_now, Explanation& explanation) {
  const LoadedSplit& one = split(plan_now.at, 1);
  const LoadedSplit& all = resolved_.targets.empty() ? split(plan_now.at, resolved_.target_count) : one;
  SamplingInput input = sampling_input(all, plan_now, explanation);
  input.sizes = sizes_of(explanation.logits, batch_);
  const std::uint64_t memory = state_.options.memory, each = adaptive_bytes(plan_now, input.x.shape());
  constexpr std::uint64_t kShare = 4;  // of the memory, for what is kept of the passes
  const auto jobs = memory == 0
                        ? kLargestChunk
                        : std::clamp<std::int64_t>(static_cast<std::int64_t>(memory / kShare / each), 1, kLargestChunk);
  input.rows = chunk_rows(one, input, 1, each * static_cast<std::uint64_t>(jobs));
  AdaptiveResult result =
      run_adaptive(*one.gradient.session, one.gradient.program, one.at, prepared_->batch_free, plan_now, input, jobs);
  values_ = result.values;
  explanation.token_scores = result.sampling.scores;
  explanation.scores = content_of(result.sampling.scores);
  explanation.certificate.forward_passes = result.sampling.passes + 1;
  explanation.certificate.backward_passes = result.sampling.passes;
  add_gaps(plan_now, result.sampling, explanation.certificate);
  add_steps(plan_now, result, explanation.certificate);
}

void Explainer::add_steps(const methods::SamplingPlan& plan_now, const AdaptiveResult& result,
                          Certificate& certificate) const {
  const std::vector<ChosenSteps>& steps = result.steps;
  const PerTarget due = table(steps, batch_, [](const ChosenSteps& chosen) { return chosen.due; });
  Gap bound;
  bound.name = "steps";
  bound.relative = table(steps, batch_, [](const ChosenSteps& chosen) { return chosen.error; });
  bound.absolute = times(bound.relative, table(steps, batch_, [](const ChosenSteps& c) { return std::abs(c.due); }));
  bound.note = "bound on the completeness gap: what the intervals of the path may miss, added up";
  bound.along = intervals(steps, batch_, due);
  certificate.gaps.push_back(bound);
  Gap scores;
  scores.name = "quadrature error";
  scores.relative = table(steps, batch_, [](const ChosenSteps& chosen) { return chosen.score_error; });
  scores.absolute = times(scores.relative, largest_scores(result.sampling.scores, scores.relative.size(),
                                                          static_cast<std::size_t>(batch_)));
  scores.note = "largest difference that a rule of lower order makes to a score, over the largest score";
  certificate.gaps.push_back(scores);
  note_limit(plan_now, result, certificate);
}

/// What did not come to an end, and whether that is a jump at the baseline.
void Explainer::note_limit(const methods::SamplingPlan& plan_now, const AdaptiveResult& result,
                           Certificate& certificate) const {
  std::size_t open = 0, at_start = 0;
  std::int64_t most = 0;
  double worst_error = 0, risen = 0;
  for (const ChosenSteps& chosen : result.steps) {
    risen = std::max(risen, chosen.risen_at_start);
    if (chosen.converged) continue;
    ++open;
    most = std::max(most, chosen.passes);
    worst_error = std::max(worst_error, chosen.error);
    if (chosen.at_start > 0.5) ++at_start;
  }
  if (jumps_at_baseline(plan_now))
    certificate.notes.push_back(
        fmt::format("the zero baseline of tokens: the model's first norm makes y all but jump there; up to {:.0f} % of "
                    "y(input) - y(baseline) arises in the first 1/{:.0f} of the path; {}",
                    100 * risen, 1 / kStart, other_baselines()));
  if (open == 0) return;
  if (jumps_at_baseline(plan_now))
    for (Gap& gap : certificate.gaps) gap.promised = gap.promised && gap.name != "completeness";
  certificate.notes.push_back(fmt::format(
      "n_steps=adaptive ended before its tolerance of {:.2g} % for {} of {} samples and targets, after up to {} passes "
      "({} at most, none where rounding is all that is left): the steps leave up to {:.2g} % open{}",
      100 * plan_now.tolerance, open, result.steps.size(), most, kMostAdaptivePasses, 100 * worst_error,
      at_start > 0 ? ", most of it at the very beginning of the path, where y jumps: take another baseline" : ""));
}

}  // namespace pellucid::explain
