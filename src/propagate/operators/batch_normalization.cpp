#include "base/check.hpp"
#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

void batch_normalization(Step& step) {
  graph::Builder& build = step.build;
  PELLUCID_CHECK(graph::int_attribute(step.node, "training_mode", 0) == 0, kUnsupported,
                 "{} is in training mode; export the model for inference", graph::describe(step.node));
  static constexpr const char* kRoles[] = {"", "the scale", "the bias", "the mean", "the variance"};
  for (std::size_t i = 1; i < step.input_count(); ++i) require_unwanted(step, i, kRoles[i]);
  const double epsilon = graph::float_attribute(step.node, "epsilon", 1e-5F);
  const ValueId deviation = build.unary("Sqrt", build.add_scalar(step.input(4), epsilon));
  const ValueId factor = build.div(step.input(1), deviation);
  // [channels] beside the spatial axes
  Dims beside(static_cast<std::size_t>(step.input_rank(0) - 1));
  beside[0] = build.dims(factor)[0];
  give_scaled(step, build.reshape(factor, beside));
}

}  // namespace pellucid::propagate::operators::gradient
