#include <numbers>
#include <vector>

#include "graph/passes/lowerings/lowerings.hpp"

// W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), 631-637, with the
// coefficients of his SPECFUN. Where a range isn't taken, its formula runs on the nearest argument that is in it, so
// nothing overflows. His third range, from 4 on, keeps the relative error of erfc small; the second's formula is off by
// less than 1e-12 of erfc up to 6, which is nothing beside erf = 1 − erfc.
namespace pellucid::graph::lowerings {
namespace {

using Coefficients = std::vector<double>;  ///< of the highest power first

constexpr double kSmall = 0.46875, kLarge = 6;  // erf(6) rounds to 1

const Coefficients kSmallP = {1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
                              3.77485237685302021e2, 3.20937758913846947e3};
const Coefficients kSmallQ = {1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
                              2.84423683343917062e3};
const Coefficients kLargeP = {2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
                              6.61191906371416295e1,  2.98635138197400131e2,  8.81952221241769090e2,
                              1.71204761263407058e3,  2.05107837782607147e3,  1.23033935479799725e3};
const Coefficients kLargeQ = {1,
                              1.57449261107098347e1,
                              1.17693950891312499e2,
                              5.37181101862009858e2,
                              1.62138957456669019e3,
                              3.29079923573345963e3,
                              4.36261909014324716e3,
                              3.43936767414372164e3,
                              1.23033935480374942e3};

ValueId polynomial(Builder& build, const Coefficients& coefficients, ValueId x) {
  ValueId sum = build.add_scalar(build.mul_scalar(x, coefficients[0]), coefficients[1]);
  for (std::size_t i = 2; i < coefficients.size(); ++i) sum = build.add_scalar(build.mul(sum, x), coefficients[i]);
  return sum;
}

ValueId ratio(Builder& build, const Coefficients& p, const Coefficients& q, ValueId x) {
  return build.div(polynomial(build, p, x), polynomial(build, q, x));
}

ValueId clip(Builder& build, ValueId x, double low, double high) {
  return build.op("Clip", {x, build.scalar_like(low, x), build.scalar_like(high, x)}, build.dims(x), build.type(x));
}

/// |x| <= 0.46875: x P(x²)/Q(x²)
ValueId small(Builder& build, ValueId x) {
  const ValueId inside = clip(build, x, -kSmall, kSmall);
  return build.mul(inside, ratio(build, kSmallP, kSmallQ, build.mul(inside, inside)));
}

/// x >= 0.46875: 1 − exp(−x²) P(x)/Q(x)
ValueId large(Builder& build, ValueId magnitude) {
  const ValueId x = clip(build, magnitude, kSmall, kLarge);
  const ValueId decay = build.unary("Exp", build.unary("Neg", build.mul(x, x)));
  return build.sub(build.scalar_like(1, x), build.mul(decay, ratio(build, kLargeP, kLargeQ, x)));
}

}  // namespace

ValueId erf(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0), magnitude = build.unary("Abs", x);
  const ValueId is_small = build.compare("LessOrEqual", magnitude, build.scalar_like(kSmall, x));
  return build.where(is_small, small(build, x), build.mul(build.unary("Sign", x), large(build, magnitude)));
}

/// x Φ(x), or x (1 + tanh(√(2/π) (x + 0.044715 x³)))/2 with approximate = "tanh".
ValueId gelu(Lowering& at) {
  Builder& build = at.build;
  const ValueId x = at.input(0);
  ValueId gate = kNone;
  if (string_attribute(at.node, "approximate", "none") == "tanh") {
    const ValueId cube = build.mul(build.mul(x, x), x);
    const ValueId inner = build.add(x, build.mul_scalar(cube, 0.044715));
    gate = build.unary("Tanh", build.mul_scalar(inner, std::numbers::sqrt2 * std::numbers::inv_sqrtpi));
  } else {
    gate = build.unary("Erf", build.mul_scalar(x, std::numbers::sqrt2 / 2));
  }
  return build.mul(build.mul_scalar(x, 0.5), build.add_scalar(gate, 1));
}

}  // namespace pellucid::graph::lowerings
