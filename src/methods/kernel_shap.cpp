#include <numeric>

#include "methods/all.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/perturbation/shapley.hpp"
#include "methods/perturbation/subsets.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "kernel-shap";

Estimate with_completeness(Estimate estimate, double whole, double empty) {
  estimate.complete = whole - empty;
  estimate.completeness = std::accumulate(estimate.scores.begin(), estimate.scores.end(), 0.0) - estimate.complete;
  return estimate;
}

/// Every subset once: the Shapley values themselves.
class EveryCoalition : public Perturbation {
 public:
  explicit EveryCoalition(std::size_t players) : players_(players) {}

  [[nodiscard]] std::int64_t count() const override {
    return players_ == 0 ? 0 : (std::int64_t{1} << players_) - 1;  // the whole is run anyway
  }
  [[nodiscard]] Presence presence(std::int64_t i) const override {
    return subset_of_bits(static_cast<std::uint64_t>(i), players_);
  }
  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    if (players_ == 0) return {};
    std::vector<double> values = answers.changed;
    values.push_back(answers.whole);
    return with_completeness({.scores = shapley_values(values, players_)}, answers.whole, values.front());
  }

 private:
  std::size_t players_;
};

/// The regression over subsets of which most are drawn. The first changed input has no player at all.
class DrawnCoalitions : public Perturbation {
 public:
  DrawnCoalitions(std::size_t players, std::int64_t samples, std::uint64_t seed)
      : players_(players), samples_(samples), coalitions_(draw_coalitions(players, samples, seed)) {}

  [[nodiscard]] std::int64_t count() const override { return std::ssize(coalitions_.members) + 1; }
  [[nodiscard]] Presence presence(std::int64_t i) const override {
    return i == 0 ? Presence(players_, 0.0F) : coalitions_.members[static_cast<std::size_t>(i - 1)];
  }
  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    const double empty = answers.changed.front();
    const std::vector<double> values(answers.changed.begin() + 1, answers.changed.end());
    return with_completeness(shapley_regression(coalitions_, values, empty, answers.whole), answers.whole, empty);
  }
  [[nodiscard]] std::int64_t twice() const override { return doubled(samples_); }
  /// More samples take more sizes whole.
  [[nodiscard]] bool nested() const override { return false; }

 private:
  std::size_t players_;
  std::int64_t samples_;
  Coalitions coalitions_;
};

std::unique_ptr<Perturbation> perturb(const PerturbationInput& input) {
  const std::int64_t players = input.space.count, samples = wanted_samples(input, 2 * players + 2048);
  if (samples < 0) check_enumeration(kName, players);
  const bool every = samples < 0 || players < 2 || (players < 21 && (std::int64_t{1} << players) <= samples);
  if (every) return std::make_unique<EveryCoalition>(static_cast<std::size_t>(players));
  return std::make_unique<DrawnCoalitions>(static_cast<std::size_t>(players), samples, input.seed);
}

}  // namespace

const Method& kernel_shap_method() {
  static const Method kMethod{
      .name = kName,
      .title = "Kernel SHAP",
      .paper = "Lundberg & Lee, NeurIPS 2017",
      .summary = "Shapley values of words, patches or segments: exact for few, else regressed",
      .cost = "2·features + 2048 forward passes, at most 2^features",
      .promise = "completeness: the scores add up to y(input) − y(everything replaced)",
      .walks = false,
      .needs = {Need::kScores},
      .rule_sets = {"gradient"},
      .options = {n_samples_option(std::string("auto"), {"auto", "all"}), features_option(), feature_grid_option(),
                  segments_option(), replacement_option(), keep_special_option(), tolerance_option(), stream_option(),
                  similarity_option(), per_eval_option(), resume_option()},
      .perturb = perturb};
  return kMethod;
}

}  // namespace pellucid::methods
