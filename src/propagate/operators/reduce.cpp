#include <numeric>

#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// A node that reduces some axes, seen with those axes kept at size 1.
struct Reduction {
  std::vector<std::int64_t> axes;  ///< of the input, not negative
  Dims kept;                       ///< the output's dims with the reduced axes kept
  bool none = false;               ///< the node reduces nothing
};

Reduction read(const Step& step) {
  Reduction at;
  const std::int64_t rank = step.input_rank(0);
  at.axes = graph::constant_ints(step.build.graph(), step.node, 1);
  at.none = at.axes.empty() && graph::int_attribute(step.node, "noop_with_empty_axes", 0) != 0;
  if (at.axes.empty() && !at.none) {
    at.axes.resize(static_cast<std::size_t>(rank));
    std::iota(at.axes.begin(), at.axes.end(), 0);
  }
  at.kept = step.input_dims(0);
  for (std::int64_t& axis : at.axes) {
    axis = graph::positive_axis(axis, rank);
    at.kept[static_cast<std::size_t>(axis)] = {};
  }
  return at;
}

/// The cotangent with the reduced axes kept, [targets, kept…].
ValueId kept_cotangent(Step& step, const Reduction& at) {
  return step.build.reshape(step.cotangent(), step.lifted(at.kept));
}

/// The forward result with the reduced axes kept.
ValueId kept_output(Step& step, const Reduction& at) { return step.build.reshape(step.output(), at.kept); }

double reduced_count(const Step& step, const Reduction& at) {
  double count = 1;
  for (const std::int64_t axis : at.axes)
    count *=
        static_cast<double>(fixed_size(step, step.input_dims(0)[static_cast<std::size_t>(axis)], "a reduced axis"));
  return count;
}

/// g / n at each of the n elements that attain the extremum.
void give_to_extrema(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Reduction at = read(step);
  const ValueId x = step.input(0);
  const ValueId attains = indicator(step, build.compare("Equal", x, kept_output(step, at)), x);
  const ValueId share = build.div(kept_cotangent(step, at), build.reduce_sum(attains, at.axes, true));
  step.give(0, build.mul(share, attains));
}

}  // namespace

void reduce_sum(Step& step) {
  if (step.wants(0)) step.give(0, step.build.expand(kept_cotangent(step, read(step)), step.lifted(step.input_dims(0))));
}

void reduce_mean(Step& step) {
  if (!step.wants(0)) return;
  const Reduction at = read(step);
  const ValueId share = step.build.mul_scalar(kept_cotangent(step, at), 1 / reduced_count(step, at));
  step.give(0, step.build.expand(share, step.lifted(step.input_dims(0))));
}

void reduce_sum_square(Step& step) {
  if (!step.wants(0)) return;
  const ValueId twice = step.build.mul_scalar(kept_cotangent(step, read(step)), 2);
  step.give(0, step.build.mul(twice, step.input(0)));
}

void reduce_l1(Step& step) {
  if (!step.wants(0)) return;
  step.give(0, step.build.mul(kept_cotangent(step, read(step)), step.build.unary("Sign", step.input(0))));
}

void reduce_l2(Step& step) {
  // g x / y, and zero where the vector is zero
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Reduction at = read(step);
  const ValueId norm = kept_output(step, at), zero = build.scalar_like(0, norm);
  const ValueId inverse = build.where(build.compare("Equal", norm, zero), zero, build.unary("Reciprocal", norm));
  step.give(0, build.mul(build.mul(kept_cotangent(step, at), inverse), step.input(0)));
}

void reduce_log_sum_exp(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Reduction at = read(step);
  const ValueId weight = build.unary("Exp", build.sub(step.input(0), kept_output(step, at)));
  step.give(0, build.mul(kept_cotangent(step, at), weight));
}

void reduce_log_sum(Step& step) {
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Reduction at = read(step);
  const ValueId inverse_sum = build.unary("Exp", build.unary("Neg", kept_output(step, at)));
  const ValueId share = build.mul(kept_cotangent(step, at), inverse_sum);
  step.give(0, build.expand(share, step.lifted(step.input_dims(0))));
}

void reduce_prod(Step& step) {
  // The product of the others: of all that isn't zero, over x, where no other one is zero.
  if (!step.wants(0)) return;
  graph::Builder& build = step.build;
  const Reduction at = read(step);
  const ValueId x = step.input(0), one = build.scalar_like(1, x);
  const ValueId zero = build.compare("Equal", x, build.scalar_like(0, x)), is_zero = indicator(step, zero, x);
  const ValueId safe = build.where(zero, one, x);
  const ValueId other_zeros = build.sub(build.reduce_sum(is_zero, at.axes, true), is_zero);
  const ValueId product = build.div(build.reduce("ReduceProd", safe, at.axes, true), safe);
  const ValueId alone = build.compare("Equal", other_zeros, build.scalar_like(0, x));
  step.give(0, build.mul(kept_cotangent(step, at), build.where(alone, product, build.scalar_like(0, x))));
}

void reduce_max(Step& step) { give_to_extrema(step); }

void reduce_min(Step& step) { give_to_extrema(step); }

}  // namespace pellucid::propagate::operators::gradient
