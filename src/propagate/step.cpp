#include "propagate/step.hpp"

#include "base/check.hpp"

namespace pellucid::propagate {

void Step::give(std::size_t i, graph::ValueId cotangent) {
  PELLUCID_ASSERT(wants(i) && given_.at(i) == graph::kNone);
  PELLUCID_CHECK(build.dims(cotangent) == lifted(input_dims(i)), kInternal,
                 "internal: the rule of {} gave input {} a cotangent {} where {} is due", graph::describe(node), i,
                 graph::to_string(build.dims(cotangent)), graph::to_string(lifted(input_dims(i))));
  given_[i] = cotangent;
}

void Step::give_summed(std::size_t i, graph::ValueId cotangent) { give(i, build.sum_to(cotangent, input_dims(i))); }

void Step::scale_given(std::size_t i, double factor) {
  if (given_.at(i) != graph::kNone) given_[i] = build.mul_scalar(given_[i], factor);
}

}  // namespace pellucid::propagate
