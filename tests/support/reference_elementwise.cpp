#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

template <class Function>
Outputs map1(const Call& call, Function function) {
  TensorD out = call.in(0);
  for (double& value : out.data) value = function(value);
  return {out};
}

template <class Function>
TensorD combine(const TensorD& a, const TensorD& b, Function function) {
  TensorD out = filled(broadcast_shape(a.shape, b.shape), 0);
  std::size_t n = 0;
  for_each_index(out.shape, [&](const Shape& index) {
    out.data[n++] = function(a.data[broadcast_offset(a.shape, index)], b.data[broadcast_offset(b.shape, index)]);
  });
  return out;
}

template <class Function>
Outputs map2(const Call& call, Function function) {
  return {combine(call.in(0), call.in(1), function)};
}

template <class Function>
TensorD fold(const Call& call, Function function) {
  TensorD out = call.in(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) out = combine(out, call.in(i), function);
  return out;
}

double truth(bool value) { return value ? 1.0 : 0.0; }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::log1p(std::exp(x)); }

double gelu(double x, bool tanh) {
  if (!tanh) return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

Outputs clip(const Call& call) {
  const double low = call.has(1) ? call.in(1).data.at(0) : -HUGE_VAL,
               high = call.has(2) ? call.in(2).data.at(0) : HUGE_VAL;
  return map1(call, [&](double x) { return std::min(std::max(x, low), high); });
}

Outputs mean(const Call& call) {
  TensorD out = fold(call, [](double a, double b) { return a + b; });
  for (double& value : out.data) value /= static_cast<double>(call.inputs.size());
  return {out};
}

Outputs where(const Call& call) {
  const TensorD &c = call.in(0), &a = call.in(1), &b = call.in(2);
  TensorD out = filled(broadcast_shape(c.shape, broadcast_shape(a.shape, b.shape)), 0);
  for_each_index(out.shape, [&](const Shape& index) {
    const bool holds = c.data[broadcast_offset(c.shape, index)] != 0;
    element(out, index) = holds ? a.data[broadcast_offset(a.shape, index)] : b.data[broadcast_offset(b.shape, index)];
  });
  return {out};
}

/// Cast keeps the values of this double executor: to whole numbers it cuts, to truth values it asks for non-zero.
Outputs cast(const Call& call) {
  const std::int64_t to = call.attribute("to", 0);
  if (to == 1 || to == 10 || to == 11) return {call.in(0)};
  if (to == 9) return map1(call, [](double x) { return truth(x != 0); });
  if (to == 6 || to == 7) return map1(call, [](double x) { return std::trunc(x); });
  throw std::runtime_error("the reference executor doesn't know this Cast");
}

Outputs dropout(const Call& call) { return {call.in(0), filled(call.in(0).shape, 1)}; }

}  // namespace

const OperatorTable& elementwise_operators() {
  static const OperatorTable kTable = {
      {"Abs", [](const Call& c) { return map1(c, [](double x) { return std::fabs(x); }); }},
      {"Acos", [](const Call& c) { return map1(c, [](double x) { return std::acos(x); }); }},
      {"Acosh", [](const Call& c) { return map1(c, [](double x) { return std::acosh(x); }); }},
      {"Add", [](const Call& c) { return map2(c, [](double a, double b) { return a + b; }); }},
      {"And", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a != 0 && b != 0); }); }},
      {"Asin", [](const Call& c) { return map1(c, [](double x) { return std::asin(x); }); }},
      {"Asinh", [](const Call& c) { return map1(c, [](double x) { return std::asinh(x); }); }},
      {"Atan", [](const Call& c) { return map1(c, [](double x) { return std::atan(x); }); }},
      {"Atanh", [](const Call& c) { return map1(c, [](double x) { return std::atanh(x); }); }},
      {"Cast", cast},
      {"CastLike", [](const Call& c) { return Outputs{c.in(0)}; }},
      {"Celu",
       [](const Call& c) {
         const double alpha = c.real("alpha", 1);
         return map1(c, [&](double x) { return std::max(0.0, x) + std::min(0.0, alpha * std::expm1(x / alpha)); });
       }},
      {"Clip", clip},
      {"Cos", [](const Call& c) { return map1(c, [](double x) { return std::cos(x); }); }},
      {"Cosh", [](const Call& c) { return map1(c, [](double x) { return std::cosh(x); }); }},
      {"Div", [](const Call& c) { return map2(c, [](double a, double b) { return a / b; }); }},
      {"Dropout", dropout},
      {"Elu",
       [](const Call& c) {
         const double alpha = c.real("alpha", 1);
         return map1(c, [&](double x) { return x < 0 ? alpha * std::expm1(x) : x; });
       }},
      {"Equal", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a == b); }); }},
      {"Erf", [](const Call& c) { return map1(c, [](double x) { return std::erf(x); }); }},
      {"Exp", [](const Call& c) { return map1(c, [](double x) { return std::exp(x); }); }},
      {"Floor", [](const Call& c) { return map1(c, [](double x) { return std::floor(x); }); }},
      {"Gelu",
       [](const Call& c) {
         const bool tanh = c.text("approximate", "none") == "tanh";
         return map1(c, [&](double x) { return gelu(x, tanh); });
       }},
      {"Greater", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a > b); }); }},
      {"GreaterOrEqual", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a >= b); }); }},
      {"HardSigmoid",
       [](const Call& c) {
         const double alpha = c.real("alpha", 0.2F), beta = c.real("beta", 0.5);
         return map1(c, [&](double x) { return std::max(0.0, std::min(1.0, alpha * x + beta)); });
       }},
      {"HardSwish",
       [](const Call& c) { return map1(c, [](double x) { return x * std::max(0.0, std::min(1.0, x / 6 + 0.5)); }); }},
      {"Identity", [](const Call& c) { return Outputs{c.in(0)}; }},
      {"IsNaN", [](const Call& c) { return map1(c, [](double x) { return truth(std::isnan(x)); }); }},
      {"LeakyRelu",
       [](const Call& c) {
         const double alpha = c.real("alpha", 0.01F);
         return map1(c, [&](double x) { return x < 0 ? alpha * x : x; });
       }},
      {"Less", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a < b); }); }},
      {"LessOrEqual", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a <= b); }); }},
      {"Log", [](const Call& c) { return map1(c, [](double x) { return std::log(x); }); }},
      {"Max", [](const Call& c) { return Outputs{fold(c, [](double a, double b) { return std::max(a, b); })}; }},
      {"Mean", mean},
      {"Min", [](const Call& c) { return Outputs{fold(c, [](double a, double b) { return std::min(a, b); })}; }},
      {"Mish", [](const Call& c) { return map1(c, [](double x) { return x * std::tanh(softplus(x)); }); }},
      {"Mod", [](const Call& c) { return map2(c, [](double a, double b) { return std::fmod(a, b); }); }},
      {"Mul", [](const Call& c) { return map2(c, [](double a, double b) { return a * b; }); }},
      {"Neg", [](const Call& c) { return map1(c, [](double x) { return -x; }); }},
      {"Not", [](const Call& c) { return map1(c, [](double x) { return truth(x == 0); }); }},
      {"Or", [](const Call& c) { return map2(c, [](double a, double b) { return truth(a != 0 || b != 0); }); }},
      {"PRelu", [](const Call& c) { return map2(c, [](double x, double slope) { return x < 0 ? slope * x : x; }); }},
      {"Pow", [](const Call& c) { return map2(c, [](double a, double b) { return std::pow(a, b); }); }},
      {"Reciprocal", [](const Call& c) { return map1(c, [](double x) { return 1 / x; }); }},
      {"Relu", [](const Call& c) { return map1(c, [](double x) { return std::max(x, 0.0); }); }},
      {"Selu",
       [](const Call& c) {
         const double alpha = c.real("alpha", 1.67326319217681884765625),
                      gamma = c.real("gamma", 1.05070102214813232421875);
         return map1(c, [&](double x) { return gamma * (x > 0 ? x : alpha * std::expm1(x)); });
       }},
      {"Shrink",
       [](const Call& c) {
         const double bias = c.real("bias", 0), bound = c.real("lambd", 0.5);
         return map1(c, [&](double x) { return x < -bound ? x + bias : x > bound ? x - bias : 0; });
       }},
      {"Sigmoid", [](const Call& c) { return map1(c, [](double x) { return sigmoid(x); }); }},
      {"Sign", [](const Call& c) { return map1(c, [](double x) { return truth(x > 0) - truth(x < 0); }); }},
      {"Sin", [](const Call& c) { return map1(c, [](double x) { return std::sin(x); }); }},
      {"Sinh", [](const Call& c) { return map1(c, [](double x) { return std::sinh(x); }); }},
      {"Softplus", [](const Call& c) { return map1(c, [](double x) { return softplus(x); }); }},
      {"Softsign", [](const Call& c) { return map1(c, [](double x) { return x / (1 + std::fabs(x)); }); }},
      {"Sqrt", [](const Call& c) { return map1(c, [](double x) { return std::sqrt(x); }); }},
      {"Sub", [](const Call& c) { return map2(c, [](double a, double b) { return a - b; }); }},
      {"Sum", [](const Call& c) { return Outputs{fold(c, [](double a, double b) { return a + b; })}; }},
      {"Tan", [](const Call& c) { return map1(c, [](double x) { return std::tan(x); }); }},
      {"Tanh", [](const Call& c) { return map1(c, [](double x) { return std::tanh(x); }); }},
      {"ThresholdedRelu",
       [](const Call& c) {
         const double alpha = c.real("alpha", 1);
         return map1(c, [&](double x) { return x > alpha ? x : 0; });
       }},
      {"Where", where},
  };
  return kTable;
}

}  // namespace pellucid::tests
