#include "base/check.hpp"
#include "methods/all.hpp"
#include "methods/path_plan.hpp"
#include "methods/requirements.hpp"
#include "methods/shared_options.hpp"

namespace pellucid::methods {
namespace {

/// Where n_steps=auto begins; doubled up to 512.
constexpr std::int64_t kFirstSteps = 16;

std::vector<graph::ValueId> wanted(const Context& context) { return {value_at(context)}; }

graph::ValueId read_out(Context&) {
  fail(ErrorCode::kInternal, "internal: integrated-gradients has no single pass; its plan is to be run");
}

// S = fold (x − x') ⊙ Σ_s ω_s ∂y/∂x at x' + α_s (x − x')
std::optional<SamplingPlan> plan(const Context& context, std::int64_t steps) {
  SamplingPlan result = plan_at(context);
  const bool chosen = context.options.is_word("n_steps");
  result.adaptive_steps = chosen && context.options.word("n_steps") == "adaptive";
  result.automatic_steps = chosen && !result.adaptive_steps;
  if (const double tolerance = context.options.number("tolerance"); tolerance > 0) result.tolerance = tolerance;
  if (steps == 0) steps = chosen ? kFirstSteps : context.options.integer("n_steps");
  if (!result.adaptive_steps) add_path(result, context.options.word("method"), steps, -1, 0);
  result.factor = Factor::kInputMinusBaseline;
  result.baselines = context.options.word("baselines");
  result.complete = true;
  return result;
}

}  // namespace

const Method& integrated_gradients_method() {
  static const Method kMethod{
      .name = "integrated-gradients",
      .title = "Integrated gradients",
      .paper = "Sundararajan, Taly & Yan, ICML 2017",
      .summary = "gradients along the way from a baseline; the scores add up where the way is smooth",
      .cost = "about 2.2 forward passes per step, 50 steps; n_steps=adaptive: often 9 to 33",
      .promise = "completeness: the scores add up to y(input) − y(baseline)",
      .needs = {Need::kTokens},
      .rule_sets = {"gradient", "libra", "attnlrp", "cp-lrp"},
      .options = {adaptive_steps_option(),
                  {.name = "tolerance",
                   .kind = OptionKind::kNumber,
                   .otherwise = 0.0,
                   .words = {},
                   .least = 0,
                   .meaning =
                       "completeness gap at which n_steps=adaptive (chosen by it) and n_steps=auto end, relative "
                       "to y(input) - y(baseline); 0: 0.01"},
                  quadrature_option(quadrature_words()),
                  {.name = "baselines",
                   .kind = OptionKind::kFile,
                   .otherwise = std::string(),
                   .words = {},
                   .meaning = "where the path begins: 0; of an image black, mean, blur; of a text pad, mask; or a "
                              "safetensors file with 'baselines' (default: pad at word_embeddings, else 0)"},
                  {.name = "keep_special",
                   .kind = OptionKind::kBool,
                   .otherwise = true,
                   .words = {},
                   .meaning = "text: special tokens keep their value in the baselines pad and mask"},
                  at_option(""),
                  reduce_option({"sum", "none"}),
                  input_option(),
                  stream_option(),
                  similarity_option(),
                  internal_batch_size_option()},
      .wanted = wanted,
      .read_out = read_out,
      .plan = plan};
  return kMethod;
}

}  // namespace pellucid::methods
