#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/path_plan.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

/// The defaults of integrated-gradients, where that is the base.
constexpr std::int64_t kBaseSteps = 50;
constexpr const char* kBaseRule = "gausslegendre";
/// What `stdevs` says where the noise is relative to the sample's range.
constexpr const char* kRelative = "off";

std::vector<graph::ValueId> wanted(const Context& context) { return {value_at(context)}; }

graph::ValueId read_out(Context&) {
  fail(ErrorCode::kInternal, "internal: smoothgrad has no single pass; its plan is to be run");
}

Statistic statistic_of(const std::string& type) {
  if (type == "smoothgrad") return Statistic::kMean;
  return type == "smoothgrad_sq" ? Statistic::kMeanOfSquares : Statistic::kVariance;
}

void add_passes(SamplingPlan& plan, const std::string& base) {
  for (std::int64_t i = 0; i < plan.groups; ++i) {
    if (base == "integrated-gradients")
      add_path(plan, kBaseRule, kBaseSteps, i, i);
    else
      plan.passes.push_back({.noise = i, .group = i});
  }
  if (base == "input-x-gradient") plan.factor = Factor::kPoint;
  if (base == "integrated-gradients") plan.factor = Factor::kInputMinusBaseline;
}

/// Where the base method's path begins.
std::string base_baseline(const ResolvedOptions& options) {
  return options.word("base") == "integrated-gradients" && options.word("at") == "word_embeddings" ? "pad" : "0";
}

// S = statistic over i of φ(x + σ z_i), φ the base method
std::optional<SamplingPlan> plan(const Context& context, std::int64_t) {
  const ResolvedOptions& options = context.options;
  SamplingPlan result = plan_at(context);
  result.groups = options.integer("nt_samples");
  add_passes(result, options.word("base"));
  result.statistic = statistic_of(options.word("nt_type"));
  result.baselines = base_baseline(options);
  result.noise_level = options.number("noise_level");
  if (!options.is_word("stdevs")) result.stdevs = options.number("stdevs");
  const std::string file = options.word("noise_file");
  result.noise_file = file == kSeeded ? "" : file;
  return result;
}

bool is_signed(const ResolvedOptions& options) {
  return options.word("nt_type") == "smoothgrad" && options.word("reduce") != "l2";
}

std::vector<OptionSpec> options() {
  return {{.name = "base",
           .kind = OptionKind::kWord,
           .otherwise = std::string("saliency"),
           .words = {"saliency", "input-x-gradient", "integrated-gradients"},
           .meaning = "the method that is averaged, with its defaults (saliency with abs=false)"},
          nt_samples_option(25),
          {.name = "nt_type",
           .kind = OptionKind::kWord,
           .otherwise = std::string("smoothgrad"),
           .words = {"smoothgrad", "smoothgrad_sq", "vargrad"},
           .meaning = "the mean, the mean of the squares, or the variance over the noisy passes"},
          noise_level_option(0.1),
          {.name = "stdevs",
           .kind = OptionKind::kNumber,
           .otherwise = std::string(kRelative),
           .words = {kRelative},
           .least = 0,
           .meaning = "absolute standard deviation of the noise; wins over noise_level"},
          noise_file_option(),
          at_option(""),
          reduce_option({"sum", "l2", "max", "none"}),
          input_option(),
          stream_option(),
          similarity_option(),
          internal_batch_size_option()};
}

}  // namespace

const Method& smoothgrad_method() {
  static const Method kMethod{.name = "smoothgrad",
                              .title = "SmoothGrad",
                              .paper = "Smilkov et al., 2017",
                              .summary = "another gradient method averaged over noisy copies of the input",
                              .cost = "about 2.2 forward passes per sample, 25 samples",
                              .promise = "none; reports the standard error of the mean",
                              .needs = {Need::kTokens},
                              .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
                              .options = options(),
                              .is_signed = is_signed,
                              .wanted = wanted,
                              .read_out = read_out,
                              .plan = plan};
  return kMethod;
}

}  // namespace pellucid::methods
