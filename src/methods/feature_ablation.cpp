#include "methods/all.hpp"
#include "methods/perturbation/perturbation.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

// s_j = y(x) − y(x without feature j)
class FeatureAblation : public Perturbation {
 public:
  explicit FeatureAblation(const PerturbationInput& input) : features_(static_cast<std::size_t>(input.space.count)) {}

  [[nodiscard]] std::int64_t count() const override { return static_cast<std::int64_t>(features_); }

  [[nodiscard]] Presence presence(std::int64_t i) const override {
    Presence kept(features_, 1.0F);
    kept[static_cast<std::size_t>(i)] = 0;
    return kept;
  }

  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    Estimate estimate;
    for (const double changed : answers.changed) estimate.scores.push_back(answers.whole - changed);
    return estimate;
  }

 private:
  std::size_t features_;
};

std::unique_ptr<Perturbation> perturb(const PerturbationInput& input) {
  return std::make_unique<FeatureAblation>(input);
}

}  // namespace

const Method& feature_ablation_method() {
  static const Method kMethod{
      .name = "feature-ablation",
      .title = "Feature ablation",
      .paper = "Kokhlikyan et al., 2020 (Captum)",
      .summary = "how far the score falls where one word, patch or segment is replaced",
      .cost = "one forward pass per feature",
      .promise = "none; nothing is drawn, so that there is no sampling error",
      .walks = false,
      .needs = {Need::kScores},
      .rule_sets = {"gradient"},
      .options = {features_option(), feature_grid_option(), segments_option(), replacement_option(),
                  keep_special_option(), stream_option(), similarity_option(), per_eval_option(), resume_option()},
      .perturb = perturb};
  return kMethod;
}

}  // namespace pellucid::methods
