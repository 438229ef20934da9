#include "methods/all.hpp"
#include "methods/perturbation/perturbation.hpp"
#include "methods/perturbation/perturbation_options.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

/// What `similarity_threshold` says where a token is suppressed alone.
constexpr const char* kOff = "off";

// s_j = y(x) − y(x; the scores of key j times 1 − f in every head); presence holds what columns are multiplied by
class AtMan : public Perturbation {
 public:
  explicit AtMan(const PerturbationInput& input)
      : tokens_(static_cast<std::size_t>(input.space.count)),
        factor_(input.options.number("suppression_factor")),
        similarity_(input.similarity) {
    if (!input.options.is_word("similarity_threshold")) threshold_ = input.options.number("similarity_threshold");
  }

  [[nodiscard]] std::int64_t count() const override { return static_cast<std::int64_t>(tokens_); }

  [[nodiscard]] Presence presence(std::int64_t j) const override {
    const auto suppressed = static_cast<std::size_t>(j);
    Presence factors(tokens_, 1.0F);
    for (std::size_t i = 0; threshold_ && i < tokens_; ++i) {
      const double cosine = similarity_[i * tokens_ + suppressed];
      if (cosine >= *threshold_) factors[i] = static_cast<float>(1 - factor_ * cosine);
    }
    factors[suppressed] = static_cast<float>(1 - factor_);
    return factors;
  }

  [[nodiscard]] Estimate estimate(const Answers& answers) const override {
    Estimate estimate;
    for (const double changed : answers.changed) estimate.scores.push_back(answers.whole - changed);
    return estimate;
  }

 private:
  std::size_t tokens_;
  double factor_;
  std::vector<double> similarity_;
  std::optional<double> threshold_;
};

std::unique_ptr<Perturbation> perturb(const PerturbationInput& input) { return std::make_unique<AtMan>(input); }

}  // namespace

const Method& atman_method() {
  static const Method kMethod{
      .name = "atman",
      .title = "AtMan",
      .paper = "Deb et al., NeurIPS 2023",
      .summary = "how far the score falls where a token's column of the attention scores is suppressed",
      .cost = "one forward pass per token",
      .promise = "none; nothing is drawn, so that there is no sampling error",
      .walks = false,
      .needs = {Need::kAttention, Need::kScores},
      .rule_sets = {"gradient"},
      .options = {{.name = "suppression_factor",
                   .kind = OptionKind::kNumber,
                   .otherwise = 0.9,
                   .words = {},
                   .least = 0,
                   .most = 1,
                   .meaning = "columns of attention scores are multiplied by 1 − factor"},
                  {.name = "similarity_threshold",
                   .kind = OptionKind::kNumber,
                   .otherwise = std::string(kOff),
                   .words = {kOff},
                   .least = -1,
                   .most = 1,
                   .meaning = "tokens whose embeddings have at least this cosine are suppressed together"},
                  stream_option(),
                  similarity_option(),
                  per_eval_option(),
                  resume_option()},
      .perturb = perturb,
      .suppresses_keys = true};
  return kMethod;
}

}  // namespace pellucid::methods
