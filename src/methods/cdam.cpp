#include "base/quadrature.hpp"
#include "methods/all.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

constexpr const char* kName = "cdam";
/// Where n_steps=auto begins; doubled up to 512.
constexpr std::int64_t kFirstSteps = 16;

/// What the last block's queries, keys and values are projected from: the output of a pre-norm block's norm, so that
/// the gradient leaves the skip path out.
graph::ValueId last_attention_input(const Context& context) {
  require_blocks(context, kName);
  return context.block(context.blocks() - 1).attention_input;
}

std::vector<graph::ValueId> wanted(const Context& context) { return {last_attention_input(context)}; }

// S[j] = Σ_k T[j, k] ∂y/∂T[j, k]
graph::ValueId read_out(Context& context) { return context.times_gradient(last_attention_input(context)); }

/// Mean over noisy T of T ⊙ ∂y/∂T.
void add_smooth_passes(const Context& context, SamplingPlan& plan) {
  plan.groups = context.options.integer("nt_samples");
  for (std::int64_t i = 0; i < plan.groups; ++i) plan.passes.push_back({.noise = i, .group = i});
  plan.factor = Factor::kPoint;
}

/// Σ_i ω_i m_i ⊙ ∂y/∂T at α_i T + σ z_i.
void add_path_passes(const Context& context, std::int64_t steps, SamplingPlan& plan) {
  const bool automatic = context.options.is_word("n_steps");
  if (steps == 0) steps = automatic ? kFirstSteps : context.options.integer("n_steps");
  const Nodes nodes = quadrature(context.options.word("method"), steps);
  const bool noisy = context.options.number("noise_level") > 0;
  for (std::size_t i = 0; i < nodes.at.size(); ++i)
    plan.passes.push_back(
        {.alpha = nodes.at[i], .weight = nodes.weight[i], .noise = noisy ? static_cast<std::int64_t>(i) : -1});
  const bool interpolated = context.options.word("multiply_by") == "interpolated";
  plan.factor = interpolated ? Factor::kPoint : Factor::kInputMinusBaseline;
  plan.complete = !noisy && !interpolated;
  plan.automatic_steps = automatic;
}

std::optional<SamplingPlan> plan(const Context& context, std::int64_t steps) {
  const std::string mode = context.options.word("mode");
  if (mode == "vanilla") return std::nullopt;
  SamplingPlan result;
  result.at = last_attention_input(context);
  result.noise_level = context.options.number("noise_level");
  const std::string file = context.options.word("noise_file");
  result.noise_file = file == kSeeded ? "" : file;
  if (mode == "smooth")
    add_smooth_passes(context, result);
  else
    add_path_passes(context, steps, result);
  return result;
}

std::vector<OptionSpec> options() {
  std::vector<std::string> rules = quadrature_words();
  rules.emplace_back("riemann_inclusive");
  return {{.name = "mode",
           .kind = OptionKind::kWord,
           .otherwise = std::string("vanilla"),
           .words = {"vanilla", "smooth", "integrated"},
           .meaning = "one gradient, a mean over noisy ones, or a sum along the path from 0"},
          nt_samples_option(5),
          noise_level_option(0.05),
          noise_file_option(),
          n_steps_option(),
          quadrature_option(rules),
          {.name = "multiply_by",
           .kind = OptionKind::kWord,
           .otherwise = std::string("input_minus_baseline"),
           .words = {"input_minus_baseline", "interpolated"},
           .meaning = "mode=integrated: the gradient is multiplied with T, or with the point it is taken at"},
          stream_option(),
          similarity_option(),
          internal_batch_size_option()};
}

}  // namespace

const Method& cdam_method() {
  static const Method kMethod{
      .name = kName,
      .title = "CDAM",
      .paper = "Brocki, Binda & Chung, TMLR 2024",
      .summary = "last attention's input × gradient: sharp, but near chance in perturbation tests; signed",
      .cost = "about 1.2 forward passes; smooth, integrated: that per sample or step",
      .promise = "mode=integrated without noise: the scores add up to y(T) − y(0)",
      .needs = {Need::kAttention},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = options(),
      .authors = {{{"nt_samples", "50"}, {"method", "riemann_inclusive"}, {"multiply_by", "interpolated"}}},
      .authors_text = {{{"nt_samples", "50"}, {"method", "riemann_inclusive"}, {"multiply_by", "interpolated"}}},
      .wanted = wanted,
      .read_out = read_out,
      .plan = plan};
  return kMethod;
}

}  // namespace pellucid::methods
