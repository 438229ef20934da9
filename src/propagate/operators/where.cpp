#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

void where(Step& step) {
  const graph::ValueId zero = step.build.scalar_like(0, step.cotangent());
  if (step.wants(1)) step.give_summed(1, step.build.where(step.input(0), step.cotangent(), zero));
  if (step.wants(2)) step.give_summed(2, step.build.where(step.input(0), zero, step.cotangent()));
}

}  // namespace pellucid::propagate::operators::gradient
