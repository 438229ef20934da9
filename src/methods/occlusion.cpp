#include <algorithm>

#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/perturbation/occlusion_windows.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

/// One number of at least 1 for each axis.
Shape numbers_for_axes(const PerturbationInput& input, const std::string& name) {
  const std::vector<std::int64_t> given = integers_of(input.options, name);
  const bool positive = std::all_of(given.begin(), given.end(), [](std::int64_t one) { return one >= 1; });
  PELLUCID_CHECK(
      positive && given.size() == input.space.extent.size(), kUsage,
      "method 'occlusion', option {}: the input has {} axes, each of which takes a whole number of at least 1", name,
      input.space.extent.size());
  return {given.begin(), given.end()};
}

// s_j = mean over the windows that hold j of y(x) − y(x without the window)
class Occlusion : public Perturbation {
 public:
  explicit Occlusion(const PerturbationInput& input) : features_(static_cast<std::size_t>(input.space.count)) {
    const Shape window = numbers_for_axes(input, "sliding_window_shapes");
    windows_ = occlusion_windows(input.space, window, numbers_for_axes(input, "strides"));
    PELLUCID_CHECK(!windows_.empty() || features_ == 0, kUsage,
                   "method 'occlusion', option sliding_window_shapes: no window {} fits into {}", to_string(window),
                   to_string(input.space.extent));
  }

  [[nodiscard]] std::int64_t count() const override { return std::ssize(windows_); }

  [[nodiscard]] Presence presence(std::int64_t i) const override {
    Presence kept(features_, 1.0F);
    for (const std::size_t j : windows_[static_cast<std::size_t>(i)].features) kept[j] = 0;
    return kept;
  }

  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    std::vector<double> covered(features_, 0.0);
    Estimate estimate{.scores = std::vector<double>(features_, 0.0)};
    for (std::size_t i = 0; i < windows_.size(); ++i)
      for (const std::size_t j : windows_[i].features) {
        estimate.scores[j] += answers.whole - answers.changed[i];
        covered[j] += 1;
      }
    for (std::size_t j = 0; j < features_; ++j) estimate.scores[j] /= std::max(covered[j], 1.0);
    return estimate;
  }

 private:
  std::size_t features_;
  std::vector<OcclusionWindow> windows_;
};

std::unique_ptr<Perturbation> perturb(const PerturbationInput& input) { return std::make_unique<Occlusion>(input); }

OptionSpec axes_option(const std::string& name, const std::string& meaning) {
  return {.name = name, .kind = OptionKind::kIntegers, .otherwise = std::string(), .words = {}, .meaning = meaning};
}

}  // namespace

const Method& occlusion_method() {
  static const Method kMethod{
      .name = "occlusion",
      .title = "Occlusion",
      .paper = "Zeiler & Fergus, ECCV 2014",
      .summary = "how far the score falls where a window that walks over the input is replaced",
      .cost = "one forward pass per window",
      .promise = "none; nothing is drawn, so that there is no sampling error",
      .walks = false,
      .needs = {Need::kScores},
      .rule_sets = {"gradient"},
      .options = {axes_option("sliding_window_shapes",
                              "size of the window along every axis (default: 1; images 16,16)"),
                  axes_option("strides", "steps of the window along every axis (default: 1; images one patch)"),
                  replacement_option(), keep_special_option(), stream_option(), similarity_option(), per_eval_option(),
                  resume_option()},
      .perturb = perturb};
  return kMethod;
}

}  // namespace pellucid::methods
