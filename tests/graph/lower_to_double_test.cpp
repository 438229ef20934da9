#include "graph/passes/lower_to_double.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/passes/widen.hpp"
#include "graph/widened.hpp"
#include "propagate/case.hpp"
#include "support/expect_error.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

constexpr double kBound = 1e-13;

/// Nodes that the reference executor doesn't know are compared with this function of their input instead.
using Formula = double (*)(double);

std::vector<double> even(double low, double high, int count) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) out.push_back(low + (high - low) * i / (count - 1));
  return out;
}

/// An operator of one operand in float64 at these places.
std::vector<double> at_places(const std::string& op, const std::vector<double>& x, const Attributes& attributes = {}) {
  graph::Graph graph;
  const Shape shape{static_cast<std::int64_t>(x.size())};
  const ValueId input = graph.add_input("x", ElementType::kFloat64, plain(shape));
  graph::Builder build(graph);
  graph.outputs = {build.op(op, {input}, plain(shape), ElementType::kFloat64, attributes)};
  graph::lower_to_double(graph);
  return run_graph(graph, {{input, {shape, x}}}).at(0).to_doubles();
}

TEST(Erf, IsExactToAFewRoundings) {
  std::vector<double> x = even(-7, 7, 200001);
  for (const double edge : {0.46875, 4.0, 6.0})
    for (const double near : {std::nextafter(edge, 0.0), edge, std::nextafter(edge, 10.0)}) {
      x.push_back(near);
      x.push_back(-near);
    }
  for (const double far : {30.0, 1e10, 1e300}) x.insert(x.end(), {far, -far});
  const std::vector<double> y = at_places("Erf", x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_NEAR(y[i], std::erf(x[i]), 2e-15) << "at " << x[i];
    ASSERT_NEAR(y[i], std::erf(x[i]), 1e-14 * std::fabs(std::erf(x[i]))) << "at " << x[i];
  }
}

TEST(Erf, KeepsZeroTinyAndInfiniteArguments) {
  const std::vector<double> y = at_places("Erf", {0.0, -0.0, 1e-300, -1e-20, HUGE_VAL, -HUGE_VAL, std::nan("")});
  EXPECT_EQ(y[0], 0);
  EXPECT_EQ(y[1], 0);
  EXPECT_NEAR(y[2] / std::erf(1e-300), 1, 1e-14);
  EXPECT_NEAR(y[3] / std::erf(-1e-20), 1, 1e-14);
  EXPECT_EQ(y[4], 1);
  EXPECT_EQ(y[5], -1);
  EXPECT_TRUE(std::isnan(y[6]));
}

TEST(Arcs, AreExactUpToTheirEnds) {
  struct Arc {
    std::string op;
    Formula formula;
    std::vector<double> x;
  };
  std::vector<double> inner = even(-1, 1, 2001), above = even(1, 50, 2001);
  inner.insert(inner.end(), {1e-9, -1e-9, 1 - 1e-12, -1 + 1e-12});
  above.push_back(1 + 1e-12);
  const std::vector<Arc> arcs = {
      {"Acos", [](double x) { return std::acos(x); }, inner},
      {"Acosh", [](double x) { return std::acosh(x); }, above},
      {"Asin", [](double x) { return std::asin(x); }, inner},
      {"Atan", [](double x) { return std::atan(x); }, {1e30, -1e30, HUGE_VAL, -HUGE_VAL, 1e-300, 1e10}},
      {"Atanh", [](double x) { return std::atanh(x); }, even(-0.999, 0.999, 2001)},
  };
  for (const Arc& arc : arcs) {
    const std::vector<double> y = at_places(arc.op, arc.x);
    for (std::size_t i = 0; i < y.size(); ++i)
      ASSERT_NEAR(y[i], arc.formula(arc.x[i]), 2e-15 * std::max(std::fabs(arc.formula(arc.x[i])), 1e-2))
          << arc.op << " at " << arc.x[i];
  }
}

struct Activation {
  std::string op;
  Attributes attributes;
  Formula formula;
};

// Relative to each value, far out and near zero: no range loses the small results.
TEST(Activations, KeepSmallResults) {
  const std::vector<Activation> activations = {
      {"Asinh", {}, [](double x) { return std::asinh(x); }},
      {"Atan", {}, [](double x) { return std::atan(x); }},
      {"Cosh", {}, [](double x) { return std::cosh(x); }},
      {"Elu", {{"alpha", 1.5F}}, [](double x) { return x < 0 ? 1.5 * std::expm1(x) : x; }},
      {"Celu", {{"alpha", 0.5F}}, [](double x) { return x < 0 ? 0.5 * std::expm1(x / 0.5) : x; }},
      {"Selu",
       {},
       [](double x) {
         const double alpha = 1.67326319217681884765625, gamma = 1.05070102214813232421875;
         return gamma * (x < 0 ? alpha * std::expm1(x) : x);
       }},
      {"Sinh", {}, [](double x) { return std::sinh(x); }},
      {"Softplus", {}, [](double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }},
      {"Softsign", {}, [](double x) { return x / (1 + std::fabs(x)); }},
      {"ThresholdedRelu", {{"alpha", 0.25F}}, [](double x) { return x > 0.25 ? x : 0; }},
  };
  std::vector<double> x = even(-50, 50, 2001);
  x.insert(x.end(), {1e-12, -1e-12, 1e-5, -1e-5, 0.0, -700.0, 700.0});
  for (const Activation& activation : activations) {
    const std::vector<double> y = at_places(activation.op, x, activation.attributes);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_NEAR(y[i], activation.formula(x[i]), 4e-15 * std::fabs(activation.formula(x[i])))
          << activation.op << " at " << x[i];
  }
}

class Widened : public testing::TestWithParam<Case> {};

// Every operator that has a gradient rule, in float32, widened: what the reference executor makes of it in double.
TEST_P(Widened, AgreesWithTheReferenceExecutor) {
  CaseGraph at(ElementType::kFloat32);
  GetParam().make(at);
  for (auto& [id, tensor] : at.inputs)
    if (at.graph.is_float(id)) tensor = rounded_to_single(tensor);
  const auto expected = execute(at.graph, at.inputs, kBatch);
  at.graph.outputs = at.outputs;
  graph::widen(at.graph);
  graph::lower_to_double(at.graph);
  const std::vector<Tensor> results = run_graph(at.graph, at.inputs);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].type(), ElementType::kFloat64);
    EXPECT_LE(relative_error(results[i], expected.at(at.outputs[i])), kBound) << "output " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, Widened, testing::ValuesIn(all_cases()), case_name);

struct Plain {
  std::string op;
  std::vector<double> expected;  ///< of -1.5 and 0.5, for two operands beside 0.5 and 0.5
  std::size_t operands = 1;
  ElementType type = ElementType::kFloat64;
  Attributes attributes = {};
};

// Operators without a gradient that are left to the runtime.
TEST(LowerToDouble, RunsWhatHasAKernel) {
  const auto truth = ElementType::kBool;
  const std::vector<Plain> plain_operators = {
      {"Ceil", {-1, 1}},
      {"CastLike", {-1.5, 0.5}, 2},
      {"Equal", {0, 1}, 2, truth},
      {"Floor", {-2, 0}},
      {"Greater", {0, 0}, 2, truth},
      {"GreaterOrEqual", {0, 1}, 2, truth},
      {"IsInf", {0, 0}, 1, truth},
      {"IsNaN", {0, 0}, 1, truth},
      {"Less", {1, 0}, 2, truth},
      {"LessOrEqual", {1, 1}, 2, truth},
      {"Mod", {0, 0}, 2, ElementType::kFloat64, {{"fmod", 1L}}},
      {"Round", {-2, 0}},
      {"Shrink", {-1.5, 0}, 1, ElementType::kFloat64, {{"lambd", 0.5F}}},
      {"Sign", {-1, 1}},
  };
  for (const Plain& each : plain_operators) {
    graph::Graph graph;
    const ValueId x = graph.add_input("x", ElementType::kFloat64, plain({2}));
    const ValueId y = graph.add_input("y", ElementType::kFloat64, plain({2}));
    graph::Builder build(graph);
    const std::vector<ValueId> both{x, y}, operands(both.begin(), both.begin() + static_cast<int>(each.operands));
    graph.outputs = {build.op(each.op, operands, plain({2}), each.type, each.attributes)};
    graph::lower_to_double(graph);
    const Tensor result = run_graph(graph, {{x, {{2}, {-1.5, 0.5}}}, {y, {{2}, {0.5, 0.5}}}}).at(0);
    EXPECT_EQ(result.to_doubles(), each.expected) << each.op;
  }
}

TEST(LowerToDouble, OneHotAndNonZeroSelectExactly) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", ElementType::kFloat64, plain({4}));
  const ValueId index = graph.add_input("index", ElementType::kInt64, plain({2}));
  graph::Builder build(graph);
  const ValueId values = graph.add_constant(Tensor(Shape{2}, std::vector<double>{0.1, 0.7}));
  const ValueId depth = graph.add_constant(Tensor(Shape{}, std::vector<std::int64_t>{3}));
  const ValueId hot = build.op("OneHot", {index, depth, values}, plain({2, 3}), ElementType::kFloat64);
  const ValueId places = build.op("NonZero", {x}, plain({1, 2}), ElementType::kInt64);
  graph.outputs = {hot, places};
  graph::lower_to_double(graph);
  EXPECT_EQ(graph.outputs, (std::vector<ValueId>{hot, places}));
  const auto results = run_graph(graph, {{x, {{4}, {0, 1e-300, 0, -2}}}, {index, {{2}, {2, 0}}}});
  EXPECT_EQ(results[0].to_doubles(), (std::vector<double>{0.1, 0.1, 0.7, 0.7, 0.1, 0.1}));
  EXPECT_EQ(results[1].to_doubles(), (std::vector<double>{1, 3}));
}

TEST(LowerToDouble, RefusesWhatCantBeWritten) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", ElementType::kFloat64, plain({3}));
  graph::Builder build(graph);
  build.set_source("/head/Det");
  graph.outputs = {build.unary("Det", x)};
  expect_error(ErrorCode::kUnsupported, "Det node '/head/Det'", [&] { graph::lower_to_double(graph); });
}

TEST(LowerToDouble, LeavesFloat32Alone) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", ElementType::kFloat32, plain({3}));
  graph::Builder build(graph);
  graph.outputs = {build.unary("Erf", x)};
  graph::lower_to_double(graph);
  EXPECT_EQ(graph.producer(graph.outputs[0])->op, "Erf");
}

}  // namespace
}  // namespace pellucid::tests
