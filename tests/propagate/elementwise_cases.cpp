#include "propagate/case.hpp"

namespace pellucid::tests {
namespace {

/// An operator of one operand, [batch, 5].
Case unary(const std::string& op, double low = -2, double high = 2, const std::string& name = "",
           const Attributes& attributes = {}) {
  return {op, name, [=](CaseGraph& g) { g.node(op, {g.input(batched({5}), low, high)}, batched({5}), attributes); }};
}

/// An operator of two operands of these dims.
Case binary(const std::string& op, const std::string& name, const Dims& a, const Dims& b, const Dims& out,
            double low = -2, double high = 2) {
  return {op, name, [=](CaseGraph& g) {
            const ValueId left = g.input(a, low, high), right = g.input(b, low, high);
            g.node(op, {left, right}, out);
          }};
}

void add_binaries(std::vector<Case>& cases) {
  const Dims full = batched({2, 3});
  for (const std::string op : {"Add", "Sub", "Mul", "Div"}) {
    const double low = op == "Div" ? 0.5 : -2;
    cases.push_back(binary(op, "same", full, full, full, low));
    cases.push_back(binary(op, "row", full, plain({3}), full, low));
    cases.push_back(binary(op, "column_first", plain({2, 1}), full, full, low));
    cases.push_back(binary(op, "scalar", full, plain({}), full, low));
    cases.push_back(binary(op, "both", batched({2, 1}), plain({1, 1, 3}), full, low));
    cases.push_back({op, "constant", [=](CaseGraph& g) {
                       const ValueId x = g.input(full, low);
                       g.node(op, {x, g.constant({3}, 0.5, 2)}, full);
                       g.node(op, {g.constant({3}, 0.5, 2), x}, full);
                     }});
    cases.push_back({op, "itself", [=](CaseGraph& g) {
                       const ValueId x = g.input(full, low);
                       g.node(op, {x, x}, full);
                     }});
  }
}

void add_powers(std::vector<Case>& cases) {
  const Dims full = batched({3});
  for (const double exponent : {1.0, 2.0, 3.0, 0.5, -1.5}) {
    cases.push_back({"Pow", "to_" + std::to_string(exponent), [=](CaseGraph& g) {
                       g.node("Pow", {g.input(full, 0.5), g.constant_of({}, {exponent})}, full);
                     }});
  }
  cases.push_back({"Pow", "negative_base", [=](CaseGraph& g) {
                     g.node("Pow", {g.input(full, -2, -0.5), g.constant_of({}, {3})}, full);
                   }});
  cases.push_back({"Pow", "whole_exponents", [=](CaseGraph& g) {
                     g.node("Pow", {g.input(full, 0.5), g.ints({2, 1, 4})}, full);
                   }});
  cases.push_back(binary("Pow", "wanted_exponent", full, plain({3}), full, 0.5));
}

void add_several(std::vector<Case>& cases) {
  for (const std::string op : {"Max", "Mean", "Min", "Sum"}) {
    cases.push_back({op, "three", [=](CaseGraph& g) {
                       const ValueId a = g.input(batched({2, 3})), b = g.input(plain({3})), c = g.input(plain({2, 1}));
                       g.node(op, {a, b, c}, batched({2, 3}));
                     }});
    cases.push_back({op, "constant", [=](CaseGraph& g) {
                       g.node(op, {g.input(batched({3})), g.constant({3})}, batched({3}));
                     }});
    cases.push_back(unary(op, -2, 2, "one"));
  }
}

void add_choices(std::vector<Case>& cases) {
  cases.push_back({"Clip", "both", [](CaseGraph& g) {
                     const ValueId x = g.input(batched({9}));
                     g.node("Clip", {x, g.constant_of({}, {-0.7}), g.constant_of({}, {0.9})}, batched({9}));
                   }});
  cases.push_back({"Clip", "upper", [](CaseGraph& g) {
                     g.node("Clip", {g.input(batched({9})), graph::kNone, g.constant_of({}, {0.5})}, batched({9}));
                   }});
  cases.push_back({"Clip", "lower", [](CaseGraph& g) {
                     g.node("Clip", {g.input(batched({9})), g.constant_of({}, {-0.5})}, batched({9}));
                   }});
  cases.push_back({"Where", "broadcast", [](CaseGraph& g) {
                     const ValueId a = g.input(batched({2, 3})), b = g.input(plain({3}));
                     g.node("Where", {g.flags({2, 3}, {1, 0, 1, 0, 0, 1}), a, b}, batched({2, 3}));
                   }});
  cases.push_back({"Where", "wide_condition", [](CaseGraph& g) {
                     const ValueId a = g.input(plain({3})), b = g.constant({});
                     g.node("Where", {g.flags({2, 3}, {1, 0, 1, 1, 0, 1}), a, b}, plain({2, 3}));
                   }});
  for (const bool row : {false, true})
    cases.push_back({"Mod", row ? "row" : "same", [=](CaseGraph& g) {
                       const Dims divisor = row ? plain({3}) : batched({2, 3});
                       const ValueId a = g.input(batched({2, 3}), -5, 5), b = g.input(divisor, 0.7, 1.6);
                       g.node("Mod", {a, b}, batched({2, 3}), {{"fmod", 1L}});
                     }});
  cases.push_back({"PRelu", "slope", [](CaseGraph& g) {
                     const ValueId x = g.input(batched({2, 3})), slope = g.input(plain({2, 1}));
                     g.node("PRelu", {x, slope}, batched({2, 3}));
                   }});
}

}  // namespace

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases = {
      unary("Abs"),
      unary("Acos", -0.9, 0.9),
      unary("Acosh", 1.2, 4),
      unary("Asin", -0.9, 0.9),
      unary("Asinh", -3, 3),
      unary("Atan", -3, 3),
      unary("Atanh", -0.9, 0.9),
      unary("Celu", -3, 3, "alpha", {{"alpha", 0.5F}}),
      unary("Cos"),
      unary("Cosh"),
      unary("Dropout"),
      unary("Elu", -2, 2, "alpha", {{"alpha", 1.5F}}),
      unary("Erf"),
      unary("Exp"),
      unary("Gelu", -3, 3),
      unary("Gelu", -3, 3, "tanh", {{"approximate", "tanh"}}),
      unary("HardSigmoid", -4, 4),
      unary("HardSigmoid", -4, 4, "steep", {{"alpha", 0.4F}, {"beta", 0.3F}}),
      unary("HardSwish", -5, 5),
      unary("Identity"),
      unary("LeakyRelu", -2, 2, "alpha", {{"alpha", 0.25F}}),
      unary("Log", 0.5, 3),
      unary("Mish", -4, 4),
      unary("Neg"),
      unary("Reciprocal", 0.5, 3),
      unary("Reciprocal", -3, -0.5, "negative"),
      unary("Relu"),
      unary("Selu", -3, 3),
      unary("Selu", -3, 3, "attributes", {{"alpha", 0.75F}, {"gamma", 1.5F}}),
      unary("Shrink", -2, 2, "", {{"bias", 0.25F}, {"lambd", 0.75F}}),
      unary("Sigmoid"),
      unary("Sin"),
      unary("Sinh"),
      unary("Softplus"),
      unary("Softsign"),
      unary("Sqrt", 0.5, 3),
      unary("Tan", -1.3, 1.3),
      unary("Tanh"),
      unary("ThresholdedRelu", -2, 2, "", {{"alpha", 0.5F}}),
      {"Cast", "float_to_float",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({3}));
         const bool wide = g.build.type(x) == ElementType::kFloat64;
         g.outputs.push_back(g.build.cast(x, wide ? ElementType::kFloat32 : ElementType::kFloat64));
       }},
  };
  cases.push_back({"CastLike", "", [](CaseGraph& g) {
                     const ValueId like = g.graph.add_constant(Tensor(Shape{}, std::vector<double>{1}));
                     g.outputs.push_back(
                         g.build.op("CastLike", {g.input(batched({3})), like}, batched({3}), ElementType::kFloat64));
                   }});
  add_binaries(cases);
  add_powers(cases);
  add_several(cases);
  add_choices(cases);
  return cases;
}

}  // namespace pellucid::tests
