#include "propagate/operators/helpers.hpp"
#include "propagate/operators/normalization.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators {

using graph::ValueId;

namespace {

/// y = x / norm(x): (g - sign(x) |y|^(p-1) sum(g y)) / norm(x), zero where x is zero; held: g / norm(x).
void give(Step& step, bool held) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const std::int64_t axis = graph::positive_axis(graph::int_attribute(step.node, "axis", -1), step.input_rank(0));
  const bool sums = graph::int_attribute(step.node, "p", 2) == 1;
  const ValueId x = step.input(0), y = step.output();
  const ValueId norm = build.reduce(sums ? "ReduceL1" : "ReduceL2", x, {axis}, true);
  const ValueId zero = build.scalar_like(0, norm), flat = build.compare("Equal", norm, zero);
  const ValueId divisor = build.where(flat, build.scalar_like(1, norm), norm);
  ValueId share = step.cotangent();
  if (!held) {
    const ValueId along = build.reduce_sum(build.mul(share, y), {axis + 1}, true);
    share = build.sub(share, build.mul(along, sums ? build.unary("Sign", x) : y));
  }
  step.give(0, build.mul(share, build.where(flat, zero, build.unary("Reciprocal", divisor))));
}

}  // namespace

namespace gradient {

void lp_normalization(Step& step) { give(step, false); }

}  // namespace gradient

void lp_normalization_held(Step& step) { give(step, true); }

}  // namespace pellucid::propagate::operators
