#include "graph/passes/lowerings/lowerings.hpp"

namespace pellucid::graph::lowerings {
namespace {

ValueId signed_as(Builder& build, ValueId size, ValueId x) { return build.mul(size, build.unary("Sign", x)); }

ValueId clipped(Builder& build, ValueId x, double bound) {
  return build.op("Clip", {x, build.scalar_like(-bound, x), build.scalar_like(bound, x)}, build.dims(x), build.type(x));
}

/// y + d − d³/3 with y from the float32 kernel and tan(d) = (x − tan y)/(1 + x tan y). Beyond 1e18 it is π/2.
ValueId arc_tangent(Builder& build, ValueId unbounded) {
  constexpr double kFar = 1e18;
  const ValueId x = clipped(build, unbounded, kFar);
  const ValueId y = build.cast(build.unary("Atan", build.cast(x, ElementType::kFloat32)), ElementType::kFloat64);
  const ValueId sine = build.unary("Sin", y), cosine = build.unary("Cos", y);
  const ValueId d = build.div(build.sub(build.mul(x, cosine), sine), build.add(cosine, build.mul(x, sine)));
  const ValueId cube = build.mul(build.mul(d, d), d);
  return build.add(y, build.sub(d, build.mul_scalar(cube, 1.0 / 3)));
}

/// (1 − x)(1 + x)
ValueId one_minus_square(Builder& build, ValueId x) {
  const ValueId above = build.add_scalar(x, 1), below = build.sub(build.scalar_like(1, x), x);
  return build.mul(below, above);
}

}  // namespace

ValueId tan(Lowering& at) {
  return at.build.div(at.build.unary("Sin", at.input(0)), at.build.unary("Cos", at.input(0)));
}

ValueId atan(Lowering& at) { return arc_tangent(at.build, at.input(0)); }

/// atan(x / √(1 − x²))
ValueId asin(Lowering& at) {
  const ValueId x = at.input(0);
  return arc_tangent(at.build, at.build.div(x, at.build.unary("Sqrt", one_minus_square(at.build, x))));
}

/// 2 atan(√((1 − x)/(1 + x)))
ValueId acos(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  const ValueId ratio = build.div(build.sub(build.scalar_like(1, x), x), build.add_scalar(x, 1));
  return build.mul_scalar(arc_tangent(build, build.unary("Sqrt", ratio)), 2);
}

/// sign(x) (1 − exp(−2a)) exp(a) / 2 with a = |x|
ValueId sinh(Lowering& at) {
  Builder& build = at.build;
  const ValueId a = build.unary("Abs", at.input(0));
  const ValueId part = build.mul_scalar(exp_minus_one(build, build.mul_scalar(a, -2)), -0.5);
  return signed_as(build, build.mul(part, build.unary("Exp", a)), at.input(0));
}

ValueId cosh(Lowering& at) {
  Builder& build = at.build;
  const ValueId grown = build.unary("Exp", build.unary("Abs", at.input(0)));
  return build.mul_scalar(build.add(grown, build.unary("Reciprocal", grown)), 0.5);
}

/// sign(x) log(1 + a + a²/(1 + √(1 + a²))) with a = |x|
ValueId asinh(Lowering& at) {
  Builder& build = at.build;
  const ValueId a = build.unary("Abs", at.input(0)), square = build.mul(a, a);
  const ValueId root = build.unary("Sqrt", build.add_scalar(square, 1));
  const ValueId rest = build.div(square, build.add_scalar(root, 1));
  return signed_as(build, log_one_plus(build, build.add(a, rest)), at.input(0));
}

/// log(1 + t + √(2t + t²)) with t = x − 1
ValueId acosh(Lowering& at) {
  Builder& build = at.build;
  const ValueId t = build.add_scalar(at.input(0), -1);
  const ValueId root = build.unary("Sqrt", build.mul(t, build.add_scalar(t, 2)));
  return log_one_plus(build, build.add(t, root));
}

/// sign(x) log(1 + 2a/(1 − a)) / 2 with a = |x|
ValueId atanh(Lowering& at) {
  Builder& build = at.build;
  const ValueId a = build.unary("Abs", at.input(0));
  const ValueId ratio = build.div(build.mul_scalar(a, 2), build.sub(build.scalar_like(1, a), a));
  return signed_as(build, build.mul_scalar(log_one_plus(build, ratio), 0.5), at.input(0));
}

}  // namespace pellucid::graph::lowerings
