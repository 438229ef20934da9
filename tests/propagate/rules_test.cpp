// What central differences cannot see: ties, masks, edge values, refusals, and what a rule emits.
#include <gtest/gtest.h>

#include <cmath>
#include <pellucid/error.hpp>

#include "propagate/case.hpp"
#include "propagate/rule_sets.hpp"
#include "propagate/walk.hpp"
#include "support/expect_error.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

struct RulesTest : testing::Test {
  CaseGraph at{ElementType::kFloat64};
  std::size_t forward_nodes = 0;

  /// An input with these values, [1, n] without a batch axis.
  ValueId row(const std::vector<double>& values) {
    const ValueId id = at.input(plain({1, static_cast<std::int64_t>(values.size())}));
    at.inputs[id].data = values;
    return id;
  }
  /// The gradient of the (single) output's sum, or of <weights, output>.
  std::vector<double> gradient(ValueId wanted, const std::vector<double>& weights = {}) {
    const ValueId y = at.outputs.back();
    TensorD cotangent = filled(graph::shape_at(at.build.dims(y), kBatch), 1);
    if (!weights.empty()) cotangent.data = weights;
    const ValueId seed = at.graph.add_input("seed", ElementType::kFloat64, graph::with_leading(1, at.build.dims(y)));
    cotangent.shape.insert(cotangent.shape.begin(), 1);
    at.inputs[seed] = cotangent;
    forward_nodes = at.graph.node_count();
    const propagate::RuleSet rules = propagate::make_rule_set("gradient");
    propagate::Walk walk(at.build, rules, 1);
    walk.run({{y, seed}}, {wanted});
    return execute(at.graph, at.inputs, kBatch).at(walk.cotangent(wanted)).data;
  }
  /// The error of the walk to `wanted`.
  std::string refusal(ValueId wanted) {
    try {
      (void)gradient(wanted);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      return error.what();
    }
    return "";
  }
  /// How many nodes of an operator the walk emitted.
  std::int64_t emitted(const std::string& op) const {
    std::int64_t count = 0;
    for (std::size_t n = forward_nodes; n < at.graph.node_count(); ++n)
      count += at.graph.node(static_cast<graph::NodeId>(n)).op == op ? 1 : 0;
    return count;
  }
};

using Doubles = std::vector<double>;

TEST_F(RulesTest, TiesOfMaxAreSharedEqually) {
  const ValueId a = row({1, 2, 5}), b = at.constant_of({1, 3}, {1, 3, 4});
  at.node("Max", {a, b}, plain({1, 3}));
  EXPECT_EQ(gradient(a), (Doubles{0.5, 0, 1}));
}

TEST_F(RulesTest, TiesOfReduceMaxAreSharedEqually) {
  const ValueId x = row({4, 1, 4, 4, 0});
  at.node("ReduceMax", {x}, plain({1, 1}));
  EXPECT_EQ(gradient(x), (Doubles{1.0 / 3, 0, 1.0 / 3, 1.0 / 3, 0}));
}

TEST_F(RulesTest, ClipPassesAtItsBounds) {
  const ValueId x = row({-2, -1, 0, 1, 2});
  at.node("Clip", {x, at.constant_of({}, {-1}), at.constant_of({}, {1})}, plain({1, 5}));
  EXPECT_EQ(gradient(x), (Doubles{0, 1, 1, 1, 0}));
}

TEST_F(RulesTest, ReluIsFlatAtZero) {
  const ValueId x = row({-1, 0, 2});
  at.node("Relu", {x}, plain({1, 3}));
  EXPECT_EQ(gradient(x), (Doubles{0, 0, 1}));
}

TEST_F(RulesTest, AbsIsFlatAtZero) {
  const ValueId x = row({-1, 0, 2});
  at.node("Abs", {x}, plain({1, 3}));
  EXPECT_EQ(gradient(x), (Doubles{-1, 0, 1}));
}

TEST_F(RulesTest, ReduceL2OfZeroHasNoNaN) {
  const ValueId x = row({0, 0, 0});
  at.node("ReduceL2", {x}, plain({1, 1}));
  EXPECT_EQ(gradient(x), (Doubles{0, 0, 0}));
}

TEST_F(RulesTest, MaskedSoftmaxHasNoNaN) {
  const ValueId x = row({1, 2, 3});
  const ValueId mask = at.constant_of({1, 3}, {0, -HUGE_VAL, 0});
  const ValueId masked = at.build.op("Add", {x, mask}, plain({1, 3}), ElementType::kFloat64);
  at.node("Softmax", {masked}, plain({1, 3}));
  const double p = 1 / (1 + std::exp(2.0));
  const Doubles found = gradient(x, {5, 7, 6});
  EXPECT_NEAR(found[0], p * (1 - p) * (5 - 6), 1e-15);
  EXPECT_EQ(found[1], 0);
  EXPECT_NEAR(found[2], -found[0], 1e-15);
}

TEST_F(RulesTest, AWeightIsUsedAsItLies) {
  const ValueId x = at.input(batched({3, 4}));
  at.node("MatMul", {x, at.constant({4, 2})}, batched({3, 2}));
  (void)gradient(x);
  EXPECT_EQ(emitted("Gemm"), 1);
  EXPECT_EQ(emitted("Transpose"), 0);
  EXPECT_EQ(emitted("ReduceSum"), 0);
}

TEST_F(RulesTest, AFullTransposeIsNotTransposedAgain) {
  const ValueId q = at.input(batched({3, 4})), k = at.input(batched({3, 4}));
  at.node("MatMul", {q, at.build.transpose(k, {0, 2, 1})}, batched({3, 3}));
  (void)gradient(q);
  EXPECT_EQ(emitted("Transpose"), 0);
}

TEST_F(RulesTest, SharedFactorsHaveNoTargetAxis) {
  const ValueId x = at.input(batched({3}));
  at.node("Gelu", {x}, batched({3}));
  (void)gradient(x);
  std::int64_t lifted = 0;
  for (std::size_t n = forward_nodes; n < at.graph.node_count(); ++n) {
    const graph::Node& node = at.graph.node(static_cast<graph::NodeId>(n));
    lifted += at.build.rank(node.outputs[0]) == 3 ? 1 : 0;
  }
  EXPECT_EQ(lifted, 1);
}

TEST_F(RulesTest, ARunOfIndicesIsPaddedNotScattered) {
  const ValueId x = at.input(batched({5, 3}));
  at.node("Gather", {x, at.ints({}, {0})}, batched({3}), {{"axis", 1L}});
  (void)gradient(x);
  EXPECT_EQ(emitted("Pad"), 1);
  EXPECT_EQ(emitted("ScatterND"), 0);
}

TEST_F(RulesTest, AWantedWeightOfConvIsRefused) {
  const ValueId weight = at.input(plain({2, 1, 2, 2}));
  at.node("Conv", {at.constant({1, 1, 3, 3}), weight}, plain({1, 2, 2, 2}));
  EXPECT_NE(refusal(weight).find("the weight"), std::string::npos);
}

TEST_F(RulesTest, AReflectionBeyondTheOtherEndIsRefused) {
  const ValueId x = row({1, 2, 3});
  at.node("Pad", {x, at.ints({0, 3, 0, 0})}, plain({1, 6}), {{"mode", "reflect"}});
  EXPECT_NE(refusal(x).find("'reflect'"), std::string::npos);
}

TEST_F(RulesTest, ARefusalSaysWhichRuleSetsWork) {
  at.node("Sigmoid", {at.input(batched({3}))}, batched({3}));
  const graph::Node& node = *at.graph.producer(at.outputs[0]);
  expect_error(ErrorCode::kUnsupported, "rule set 'libra' has no rule for operator Sigmoid; --rules may be gradient,",
               [&] { (void)propagate::make_rule_set("libra").require(at.graph, node); });
}

TEST_F(RulesTest, ARefusalByEveryRuleSetSaysWhy) {
  at.node("Det", {at.input(batched({3, 3}))}, batched({}));
  const graph::Node& node = *at.graph.producer(at.outputs[0]);
  for (const std::string& rules : propagate::rule_set_names())
    expect_error(ErrorCode::kUnsupported, "no rule set has one: determinants",
                 [&] { (void)propagate::make_rule_set(rules).require(at.graph, node); });
}

TEST_F(RulesTest, AnEquationThatDoesNotFitIsRefused) {
  const ValueId x = at.input(plain({3, 3}));
  at.node("Einsum", {x}, plain({3}), {{"equation", "ijk->i"}});
  EXPECT_THROW((void)gradient(x), Error);
}

TEST_F(RulesTest, TheProductOfTheOthersKnowsZeros) {
  const ValueId x = at.input(plain({3, 3}));
  at.inputs[x].data = {2, 3, 4, 2, 0, 4, 0, 5, 0};
  at.node("ReduceProd", {x, at.ints({1})}, plain({3, 1}));
  EXPECT_EQ(gradient(x), (Doubles{12, 8, 6, 0, 8, 0, 0, 0, 0}));
}

TEST_F(RulesTest, TheNormOfZeroIsFlat) {
  const ValueId x = at.input(plain({1, 1, 3}));
  at.inputs[x].data = {0, 0, 0};
  at.node("GlobalLpPool", {x}, plain({1, 1, 1}), {{"p", 2L}});
  EXPECT_EQ(gradient(x), (Doubles{0, 0, 0}));
}

TEST_F(RulesTest, AMeanOverTheBatchIsRefused) {
  const ValueId x = at.input(batched({3}));
  at.node("ReduceMean", {x, at.ints({0})}, plain({1, 3}));
  EXPECT_NE(refusal(x).find("batch"), std::string::npos);
}

TEST_F(RulesTest, AxesComputedFromTheDataAreRefused) {
  const ValueId x = at.input(plain({2, 3}));
  at.node("ReduceSum", {x, at.index_input(plain({1}), {1})}, plain({2, 1}));
  EXPECT_NE(refusal(x).find("only constants"), std::string::npos);
}

}  // namespace
}  // namespace pellucid::tests
