#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/perturbation/rise_masks.hpp"
#include "methods/perturbation/subsets.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

// s = 1/(N p) Σ_i (y(x ⊙ M_i) − c) M_i
class Rise : public Perturbation {
 public:
  explicit Rise(const PerturbationInput& input)
      : features_(static_cast<std::size_t>(input.space.count)),
        extent_(input.space.extent),
        samples_(wanted_samples(input, 0)),
        p_(input.options.number("p")),
        center_(input.options.flag("center")),
        seed_(input.seed) {
    const std::vector<std::int64_t> grid = integers_of(input.options, "grid");
    grid_ = {grid.begin(), grid.end()};
    const bool fits = grid.size() == 2 && grid[0] >= 1 && grid[1] >= 1;
    PELLUCID_CHECK(fits, kUsage, "method 'rise', option grid: two whole numbers of at least 1 are expected");
  }

  [[nodiscard]] std::int64_t count() const override { return features_ == 0 ? 0 : samples_; }

  [[nodiscard]] Presence presence(std::int64_t i) const override {
    const auto sample = static_cast<std::uint64_t>(i);
    if (extent_.size() == 2) return rise_mask(extent_, grid_, p_, seed_, sample);
    return Draws(seed_, sample).each(features_, p_);
  }

  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    if (features_ == 0) return {};
    return rise_estimate(*this, answers.changed, features_, p_, center_);
  }

  [[nodiscard]] std::int64_t twice() const override { return doubled(samples_); }

 private:
  std::size_t features_;
  Shape extent_, grid_;
  std::int64_t samples_;
  double p_;
  bool center_;
  std::uint64_t seed_;
};

std::unique_ptr<Perturbation> perturb(const PerturbationInput& input) { return std::make_unique<Rise>(input); }

bool is_signed(const ResolvedOptions& options) { return options.flag("center"); }

std::vector<OptionSpec> options() {
  OptionSpec grid = feature_grid_option();
  grid.meaning = "images: rows and columns of the random grid that masks are enlarged from";
  OptionSpec features = features_option();
  features.words = {"tokens", "words"};
  features.meaning = "texts: what is kept or replaced as one (default: words, where the input is text)";
  return {n_samples_option(std::int64_t{4000}, {}),
          grid,
          {.name = "p",
           .kind = OptionKind::kNumber,
           .otherwise = 0.5,
           .words = {},
           .least = 0.01,
           .most = 0.99,
           .meaning = "probability that a cell or word is kept"},
          {.name = "center",
           .kind = OptionKind::kBool,
           .otherwise = true,
           .words = {},
           .meaning = "take the mean of the scores off first; false is the paper's"},
          features,
          replacement_option(),
          keep_special_option(),
          tolerance_option(),
          stream_option(),
          similarity_option(),
          per_eval_option(),
          resume_option()};
}

}  // namespace

const Method& rise_method() {
  static const Method kMethod{.name = "rise",
                              .title = "RISE",
                              .paper = "Petsiuk, Das & Saenko, BMVC 2018",
                              .summary = "the mean of random masks, each weighted with the score that it leaves",
                              .cost = "4000 forward passes",
                              .promise = "none; reports the standard error, and how far two halves agree",
                              .walks = false,
                              .needs = {Need::kScores},
                              .rule_sets = {"gradient"},
                              .options = options(),
                              .is_signed = is_signed,
                              .perturb = perturb};
  return kMethod;
}

}  // namespace pellucid::methods
