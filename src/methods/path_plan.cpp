#include "methods/path_plan.hpp"

#include "base/quadrature.hpp"
#include "methods/requirements.hpp"

namespace pellucid::methods {

SamplingPlan plan_at(const Context& context) {
  SamplingPlan plan;
  plan.at = value_at(context);
  plan.reduce = context.options.word("reduce");
  plan.reduce_channels = context.options.word("at") == "input";
  return plan;
}

void add_path(SamplingPlan& plan, const std::string& rule, std::int64_t steps, std::int64_t noise, std::int64_t group) {
  const Nodes nodes = quadrature(rule, steps);
  for (std::size_t i = 0; i < nodes.at.size(); ++i)
    plan.passes.push_back(
        {.alpha = nodes.at[i], .weight = nodes.weight[i], .noise = noise, .noise_inside = noise >= 0, .group = group});
}

}  // namespace pellucid::methods
