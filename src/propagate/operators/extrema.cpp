#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

/// Where several operands attain the extremum they share the cotangent equally.
void give_to_attaining(Step& step) {
  graph::Builder& build = step.build;
  const ValueId y = step.output();
  std::vector<ValueId> attains;
  ValueId count = graph::kNone;
  for (std::size_t i = 0; i < step.input_count(); ++i) {
    attains.push_back(indicator(step, build.compare("Equal", step.input(i), y), y));
    count = i == 0 ? attains[i] : build.add(count, attains[i]);
  }
  const ValueId share = build.div(step.cotangent(), count);
  for (std::size_t i = 0; i < step.input_count(); ++i)
    if (step.wants(i)) step.give_summed(i, build.mul(share, attains[i]));
}

}  // namespace

void max(Step& step) { give_to_attaining(step); }

void min(Step& step) { give_to_attaining(step); }

void clip(Step& step) {
  require_unwanted(step, 1, "the lower bound");
  require_unwanted(step, 2, "the upper bound");
  if (step.wants(0)) give_where(step, step.build.compare("Equal", step.input(0), step.output()));
}

}  // namespace pellucid::propagate::operators::gradient
