#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

void reshape(Step& step) { give_reshaped(step); }

void flatten(Step& step) { give_reshaped(step); }

void squeeze(Step& step) { give_reshaped(step); }

void unsqueeze(Step& step) { give_reshaped(step); }

void identity(Step& step) { give_reshaped(step); }

void dropout(Step& step) {
  double training = 0;
  PELLUCID_CHECK(
      !step.has_input(2) || (graph::constant_scalar(step.build.graph(), step.input(2), training) && training == 0),
      kUnsupported, "{} is in training mode; export the model for inference", graph::describe(step.node));
  give_reshaped(step);
}

void expand(Step& step) {
  if (step.wants(0)) step.give_summed(0, step.cotangent());
}

void cast(Step& step) {
  if (step.wants(0)) step.give(0, step.build.cast(step.cotangent(), step.build.type(step.input(0))));
}

}  // namespace pellucid::propagate::operators::gradient
