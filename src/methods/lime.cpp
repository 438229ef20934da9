#include <algorithm>
#include <cmath>
#include <numeric>

#include "methods/all.hpp"
#include "methods/perturbation/linear_fit.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/perturbation/subsets.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "lime";
/// What Captum's Lime fits with.
constexpr double kLassoAlpha = 0.01;

/// 1 − the cosine of what is kept and all ones.
double cosine_distance(const Presence& kept) {
  const double share = std::accumulate(kept.begin(), kept.end(), 0.0) / static_cast<double>(kept.size());
  return 1 - std::sqrt(share);
}

// β of the weighted linear fit y(z) ≈ b + β·z
class Lime : public Perturbation {
 public:
  explicit Lime(const PerturbationInput& input)
      : features_(static_cast<std::size_t>(input.space.count)),
        samples_(wanted_samples(input, 0)),
        captum_(input.options.word("kernel") == "captum"),
        width_(input.options.number("kernel_width")),
        alpha_(input.options.number("ridge_alpha")),
        seed_(input.seed) {
    if (samples_ < 0) check_enumeration(kName, input.space.count);
  }

  [[nodiscard]] std::int64_t count() const override {
    if (features_ == 0) return 0;
    return samples_ < 0 ? std::int64_t{1} << features_ : samples_;
  }

  /// Drawn are the whole input and then, as LIME's texts, inputs without 1 … n features; Captum's keep each with 1/2.
  [[nodiscard]] Presence presence(std::int64_t i) const override {
    if (samples_ < 0) return subset_of_bits(static_cast<std::uint64_t>(i), features_);
    const Draws draws(seed_, static_cast<std::uint64_t>(i));
    if (captum_) return draws.each(features_, 0.5);
    if (i == 0) return Presence(features_, 1.0F);
    const auto kept = std::min(static_cast<std::size_t>(draws.share() * double(features_)), features_ - 1);
    return draws.subset(features_, kept);
  }

  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    if (features_ == 0) return {};
    const LinearFit whole = fit(answers, 0, answers.changed.size());
    Estimate estimate{.scores = whole.coefficients, .unexplained = 1 - whole.r_squared};
    if (samples_ < 0) return estimate;
    estimate.errors = captum_ ? half_distance(answers) : whole.errors;
    return estimate;
  }

  [[nodiscard]] std::int64_t twice() const override { return samples_ < 0 ? 0 : doubled(samples_); }

 private:
  [[nodiscard]] double weight(const Presence& kept) const {
    const double distance = cosine_distance(kept), scaled = (captum_ ? distance : 100 * distance) / width_;
    return std::exp(-scaled * scaled / 2);  // LIME's √exp(−d²/w²) is the same
  }

  [[nodiscard]] LinearFit fit(const Answers& answers, std::size_t first, std::size_t last) const {
    FitPoints points;
    for (std::size_t i = first; i < last; ++i) {
      points.x.push_back(presence(static_cast<std::int64_t>(i)));
      points.weights.push_back(weight(points.x.back()));
      points.y.push_back(answers.changed[i]);
    }
    return captum_ ? lasso_fit(points, kLassoAlpha) : ridge_fit(points, alpha_);
  }

  /// A lasso's errors have no formula: half of what two halves of the samples differ by.
  [[nodiscard]] std::vector<double> half_distance(const Answers& answers) const {
    const std::size_t count = answers.changed.size();
    if (count < 2) return {};
    const LinearFit one = fit(answers, 0, count / 2), other = fit(answers, count / 2, count);
    std::vector<double> errors;
    for (std::size_t j = 0; j < features_; ++j)
      errors.push_back(std::abs(one.coefficients[j] - other.coefficients[j]) / 2);
    return errors;
  }

  std::size_t features_;
  std::int64_t samples_;
  bool captum_;
  double width_, alpha_;
  std::uint64_t seed_;
};

std::unique_ptr<Perturbation> perturb(const PerturbationInput& input) { return std::make_unique<Lime>(input); }

std::vector<OptionSpec> options() {
  return {n_samples_option(std::int64_t{1000}, {"all"}),
          {.name = "kernel",
           .kind = OptionKind::kWord,
           .otherwise = std::string("cosine"),
           .words = {"cosine", "captum"},
           .meaning = "how samples are drawn, weighted and fitted: as LIME does for texts, or as Captum's Lime"},
          {.name = "kernel_width",
           .kind = OptionKind::kNumber,
           .otherwise = std::string(),
           .words = {},
           .least = 1e-9,
           .meaning = "width of the kernel (default: 25, with kernel=captum 1)"},
          {.name = "ridge_alpha",
           .kind = OptionKind::kNumber,
           .otherwise = 1.0,
           .words = {},
           .least = 0,
           .meaning = "penalty of the ridge regression; kernel=captum fits a lasso with 0.01"},
          features_option(),
          feature_grid_option(),
          segments_option(),
          replacement_option(),
          keep_special_option(),
          tolerance_option(),
          stream_option(),
          similarity_option(),
          per_eval_option(),
          resume_option()};
}

}  // namespace

const Method& lime_method() {
  static const Method kMethod{.name = kName,
                              .title = "LIME",
                              .paper = "Ribeiro, Singh & Guestrin, KDD 2016",
                              .summary = "coefficients of a linear model of the score around the input",
                              .cost = "1000 forward passes",
                              .promise = "none; reports what the linear model leaves unexplained",
                              .walks = false,
                              .needs = {Need::kScores},
                              .rule_sets = {"gradient"},
                              .options = options(),
                              .perturb = perturb};
  return kMethod;
}

}  // namespace pellucid::methods
