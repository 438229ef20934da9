#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"
#include "propagate/operators/windows.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::ValueId;

namespace {

double order(const Step& step) { return static_cast<double>(graph::int_attribute(step.node, "p", 2)); }

/// g y^(1-p), zero where y is zero.
ValueId over_norm(Step& step, ValueId g, ValueId y) {
  graph::Builder& build = step.build;
  const double p = order(step);
  if (p == 1) return g;
  const ValueId zero = build.scalar_like(0, y), one = build.scalar_like(1, y);
  const ValueId flat = build.compare("Equal", y, zero), safe = build.where(flat, one, y);
  return build.mul(g, build.where(flat, zero, build.pow(safe, build.scalar_like(1 - p, y))));
}

/// sign(x) |x|^(p-1)
ValueId slope(Step& step, ValueId x) {
  graph::Builder& build = step.build;
  const double p = order(step);
  if (p == 2) return x;
  const ValueId sign = build.unary("Sign", x);
  if (p == 1) return sign;
  return build.mul(sign, build.pow(build.unary("Abs", x), build.scalar_like(p - 1, x)));
}

}  // namespace

void lp_pool(Step& step) {
  if (!step.wants(0)) return;
  const Windows windows = read_windows(step, graph::ints_attribute(step.node, "kernel_shape"));
  const ValueId share = spread_evenly(step, over_norm(step, step.cotangent(), step.output()), windows);
  step.give(0, step.build.mul(share, slope(step, step.input(0))));
}

void global_lp_pool(Step& step) {
  if (!step.wants(0)) return;
  const ValueId share = over_norm(step, step.cotangent(), step.output());
  step.give(0, step.build.mul(share, slope(step, step.input(0))));
}

}  // namespace pellucid::propagate::operators::gradient
