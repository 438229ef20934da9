#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {
namespace {

void give_to_all(Step& step, graph::ValueId cotangent) {
  for (std::size_t i = 0; i < step.input_count(); ++i)
    if (step.wants(i)) step.give_summed(i, cotangent);
}

}  // namespace

void add(Step& step) { give_to_all(step, step.cotangent()); }

void sum(Step& step) { give_to_all(step, step.cotangent()); }

void mean(Step& step) {
  give_to_all(step, step.build.mul_scalar(step.cotangent(), 1.0 / static_cast<double>(step.input_count())));
}

void sub(Step& step) {
  if (step.wants(0)) step.give_summed(0, step.cotangent());
  if (step.wants(1)) step.give(1, step.build.unary("Neg", step.build.sum_to(step.cotangent(), step.input_dims(1))));
}

void neg(Step& step) {
  if (step.wants(0)) step.give(0, step.build.unary("Neg", step.cotangent()));
}

}  // namespace pellucid::propagate::operators::gradient
