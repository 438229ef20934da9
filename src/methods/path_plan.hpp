#pragma once

#include "methods/context.hpp"
#include "methods/sampling_plan.hpp"

namespace pellucid::methods {

/// A plan for the tensor that `at` names, with the options `at` and `reduce` filled in and no passes yet.
[[nodiscard]] SamplingPlan plan_at(const Context& context);

/// Adds the passes of one integral from the baseline to the input (to input + σ·z_noise where `noise` isn't −1).
void add_path(SamplingPlan& plan, const std::string& rule, std::int64_t steps, std::int64_t noise, std::int64_t group);

}  // namespace pellucid::methods
