#include "propagate/walk.hpp"
#include "propagate/rule_sets.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <pellucid/error.hpp>
#include <set>

#include "propagate/case.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;
using propagate::RuleKind;

/// A rule set of the test's own: everything doubles, Zero gives nothing.
propagate::RuleSet toy_rules() {
  const auto doubled = [](propagate::Step& step) {
    for (std::size_t i = 0; i < step.input_count(); ++i)
      if (step.wants(i)) step.give(i, step.build.mul_scalar(step.cotangent(), 2));
  };
  return {"toy",
          {{"zero", RuleKind::kZero, {"Zero"}, nullptr, {}, "nothing"},
           {"first", RuleKind::kPropagates, {"Twice"}, nullptr, doubled, "2 g"},
           {"never reached", RuleKind::kPropagates, {"Twice"}, nullptr, {}, ""}}};
}

struct WalkTest : testing::Test {
  CaseGraph at{ElementType::kFloat64};
  propagate::RuleSet rules = propagate::make_rule_set("gradient");

  ValueId op(const std::string& name, const std::vector<ValueId>& inputs, const Dims& dims = batched({3})) {
    return at.build.op(name, inputs, dims, ElementType::kFloat64);
  }
  ValueId seed(const Dims& dims, std::int64_t targets = 2) {
    const Dims lifted = graph::with_leading(targets, dims);
    const ValueId id =
        at.graph.add_input("seed" + std::to_string(at.graph.inputs.size()), ElementType::kFloat64, lifted);
    at.inputs[id] = at.random(graph::shape_at(lifted, kBatch), -1, 1);
    return id;
  }
  std::map<ValueId, TensorD> run() { return execute(at.graph, at.inputs, kBatch); }
  std::multiset<std::string> emitted_since(std::size_t first) const {
    std::multiset<std::string> ops;
    for (std::size_t n = first; n < at.graph.node_count(); ++n)
      ops.insert(at.graph.node(static_cast<graph::NodeId>(n)).op);
    return ops;
  }
};

TEST_F(WalkTest, FanOutIsSummed) {
  const ValueId x = at.input(batched({3}));
  const ValueId y = op("Add", {op("Exp", {x}), op("Add", {op("Tanh", {x}), x})});
  const ValueId g = seed(batched({3}));
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, g}}, {x});
  const auto values = run();
  const TensorD &found = values.at(walk.cotangent(x)), &from = values.at(g), &in = values.at(x);
  ASSERT_EQ(found.shape, (Shape{2, kBatch, 3}));
  for (std::size_t i = 0; i < found.data.size(); ++i) {
    const double v = in.data[i % in.data.size()];
    EXPECT_NEAR(found.data[i], from.data[i] * (std::exp(v) + 2 - std::pow(std::tanh(v), 2)), 1e-12);
  }
}

TEST_F(WalkTest, SeveralSeedsAreSummed) {
  const ValueId x = at.input(batched({3}));
  const ValueId h = op("Neg", {x}), y = op("Identity", {h});
  const ValueId on_h = seed(batched({3})), on_y = seed(batched({3}));
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, on_y}, {h, on_h}}, {x});
  const auto values = run();
  for (std::size_t i = 0; i < values.at(on_h).data.size(); ++i)
    EXPECT_NEAR(values.at(walk.cotangent(x)).data[i], -values.at(on_h).data[i] - values.at(on_y).data[i], 1e-15);
}

TEST_F(WalkTest, UnwantedBranchesEmitNothing) {
  const ValueId a = at.input(batched({2, 3})), b = at.input(batched({3, 2}));
  const ValueId left = op("Exp", {a}, batched({2, 3})), right = op("Sin", {b}, batched({3, 2}));
  const ValueId y = op("MatMul", {left, right}, batched({2, 2}));
  const ValueId g = seed(batched({2, 2}));
  const std::size_t before = at.graph.node_count();
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, g}}, {a});
  EXPECT_EQ(emitted_since(before), (std::multiset<std::string>{"MatMul", "Mul", "Transpose"}));
  EXPECT_EQ(walk.cotangent(b), kNone);
}

TEST_F(WalkTest, NodesBehindTheSeedAreNotWalked) {
  const ValueId x = at.input(batched({3}));
  const ValueId h = op("Neg", {x});
  op("Unheard", {h});
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{h, seed(batched({3}))}}, {x});
  EXPECT_NE(walk.cotangent(x), kNone);
}

TEST_F(WalkTest, NodesBeforeTheWantedValuesAreNotWalked) {
  const ValueId x = at.input(batched({3}));
  const ValueId h = op("Unheard", {x}), y = op("Neg", {h});
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, seed(batched({3}))}}, {h});
  EXPECT_NE(walk.cotangent(h), kNone);
}

TEST_F(WalkTest, InteriorValuesCanBeWantedBesideInputs) {
  const ValueId x = at.input(batched({3}));
  const ValueId h = op("Exp", {x}), y = op("Mul", {h, h});
  const ValueId g = seed(batched({3}));
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, g}}, {h, x});
  const auto values = run();
  for (std::size_t i = 0; i < values.at(g).data.size(); ++i) {
    const double v = values.at(h).data[i % values.at(h).data.size()], from = values.at(g).data[i];
    EXPECT_NEAR(values.at(walk.cotangent(h)).data[i], 2 * v * from, 1e-12);
    EXPECT_NEAR(values.at(walk.cotangent(x)).data[i], 2 * v * v * from, 1e-12);
  }
}

TEST_F(WalkTest, AWantedSeedKeepsItsCotangent) {
  const ValueId x = at.input(batched({3}));
  const ValueId g = seed(batched({3}));
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{x, g}}, {x});
  EXPECT_EQ(walk.cotangent(x), g);
}

TEST_F(WalkTest, WithoutAWayThereIsNothing) {
  const ValueId x = at.input(batched({3})), other = at.input(batched({4}));
  const ValueId y = op("Neg", {x});
  const ValueId g = seed(batched({3}));
  const std::size_t before = at.graph.node_count();
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, g}}, {other});
  EXPECT_EQ(walk.cotangent(other), kNone);
  EXPECT_EQ(at.graph.node_count(), before);
  const ValueId zero = walk.cotangent_or_zero(other);
  EXPECT_EQ(run().at(zero).data, std::vector<double>(2 * kBatch * 4, 0.0));
}

TEST_F(WalkTest, WholeNumbersCarryNothing) {
  const ValueId x = at.input(batched({3}));
  const ValueId whole = at.build.cast(x, ElementType::kInt64);
  const ValueId y = op("Add", {at.build.cast(whole, ElementType::kFloat64), at.constant({3})});
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, seed(batched({3}))}}, {x});
  EXPECT_EQ(walk.cotangent(x), kNone);
}

TEST_F(WalkTest, PathIsInForwardOrder) {
  const ValueId x = at.input(batched({3}));
  const ValueId h = op("Exp", {x}), sign = op("Sign", {x}), y = op("Mul", {h, sign});
  op("Neg", {h});
  const auto nodes = propagate::Walk::path(at.graph, rules, {y}, {x});
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(at.graph.node(nodes[0]).op, "Exp");
  EXPECT_EQ(at.graph.node(nodes[1]).op, "Mul");
}

TEST_F(WalkTest, AMissingRuleNamesNodeOperatorAndRuleSet) {
  const ValueId x = at.input(batched({3}));
  at.build.set_source("/encoder/layer.0/Strange");
  const ValueId y = op("Strange", {x});
  propagate::Walk walk(at.build, rules, 2);
  try {
    walk.run({{y, seed(batched({3}))}}, {x});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    const std::string message = error.what();
    for (const char* part : {"/encoder/layer.0/Strange", "operator Strange", "'gradient'"})
      EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

TEST_F(WalkTest, AnotherDomainHasNoRule) {
  const ValueId x = at.input(batched({3}));
  const ValueId y = op("Gelu", {x});
  at.graph.node(at.graph.value(y).producer).domain = "com.microsoft";
  propagate::Walk walk(at.build, rules, 2);
  EXPECT_THROW(walk.run({{y, seed(batched({3}))}}, {x}), Error);
}

TEST_F(WalkTest, EmittedNodesCarryTheSourceOfTheirNode) {
  const ValueId x = at.input(batched({3}));
  at.build.set_source("mine");
  const ValueId y = op("Exp", {x});
  const auto before = static_cast<graph::NodeId>(at.graph.node_count());
  propagate::Walk walk(at.build, rules, 2);
  walk.run({{y, seed(batched({3}))}}, {x});
  EXPECT_EQ(at.graph.node(before).source, "mine");
}

TEST_F(WalkTest, TheFirstMatchingRuleIsTaken) {
  const propagate::RuleSet toy = toy_rules();
  const ValueId x = at.input(batched({3}));
  const ValueId y = op("Add", {op("Twice", {x}), op("Zero", {x})});
  const ValueId h = at.graph.node(at.graph.value(y).producer).inputs[0];
  const ValueId g = seed(batched({3}));
  propagate::Walk walk(at.build, toy, 2);
  walk.run({{h, g}}, {x});
  EXPECT_EQ(at.graph.producer(walk.cotangent(x))->inputs[0], g);
  propagate::Walk through_zero(at.build, toy, 2);
  through_zero.run({{op("Zero", {x}), seed(batched({3}))}}, {x});
  EXPECT_EQ(through_zero.cotangent(x), kNone);
}

TEST(RuleSets, AnUnknownNameListsTheKnownOnes) {
  try {
    (void)propagate::make_rule_set("gradeint");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("gradient"), std::string::npos);
  }
}

}  // namespace
}  // namespace pellucid::tests
