// The gradient of every operator against central differences in double.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "propagate/operators/operators.hpp"
#include "propagate/problem.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::tests {
namespace {

constexpr double kTolerance = 1e-6;

double largest(const TensorD& tensor) {
  double out = 1;
  for (const double value : tensor.data) out = std::max(out, std::fabs(value));
  return out;
}

/// Element i of target k.
double at_target(const TensorD& gradient, std::size_t k, std::size_t i) {
  return gradient.data[k * gradient.data.size() / kTargets + i];
}

void check_every_element(const Case& of, ElementType type) {
  Problem problem(of, type);
  const std::vector<ValueId> wanted = problem.at.wanted;
  const std::vector<TensorD> gradients = problem.gradients(wanted);
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    TensorD unit = filled(problem.at.inputs.at(wanted[w]).shape, 0);
    for (std::size_t i = 0; i < unit.data.size(); ++i) {
      unit.data[i] = 1;
      const std::vector<double> expected = problem.central_difference({{wanted[w], unit}});
      unit.data[i] = 0;
      for (std::size_t k = 0; k < kTargets; ++k)
        EXPECT_NEAR(at_target(gradients[w], k, i), expected[k], kTolerance * largest(gradients[w]))
            << "input " << w << ", element " << i << ", target " << k;
    }
  }
}

void check_random_direction(const Case& of, ElementType type) {
  Problem problem(of, type);
  const std::vector<ValueId> wanted = problem.at.wanted;
  const std::vector<TensorD> gradients = problem.gradients(wanted);
  std::map<ValueId, TensorD> direction;
  std::vector<double> found(kTargets, 0), scale(kTargets, 1);
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    const TensorD along = problem.at.random(problem.at.inputs.at(wanted[w]).shape, -1, 1);
    for (std::size_t k = 0; k < kTargets; ++k) {
      for (std::size_t i = 0; i < along.data.size(); ++i) {
        found[k] += at_target(gradients[w], k, i) * along.data[i];
        scale[k] += std::fabs(at_target(gradients[w], k, i) * along.data[i]);
      }
    }
    direction[wanted[w]] = along;
  }
  const std::vector<double> expected = problem.central_difference(direction);
  for (std::size_t k = 0; k < kTargets; ++k) EXPECT_NEAR(found[k], expected[k], kTolerance * scale[k]);
}

/// An input wanted alone gets what it gets beside the others.
void check_each_input_alone(const Case& of, ElementType type) {
  Problem all(of, type);
  const std::vector<ValueId> wanted = all.at.wanted;
  const std::vector<TensorD> together = all.gradients(wanted);
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    Problem alone(of, type);
    EXPECT_EQ(alone.gradients({wanted[w]}).at(0).data, together[w].data) << "input " << w;
  }
}

class Conformance : public testing::TestWithParam<Case> {};

TEST_P(Conformance, AgreesWithCentralDifferences) {
  for (const ElementType type : {ElementType::kFloat64, ElementType::kFloat32}) {
    SCOPED_TRACE(element_name(type));
    check_every_element(GetParam(), type);
    check_random_direction(GetParam(), type);
    check_each_input_alone(GetParam(), type);
  }
}

INSTANTIATE_TEST_SUITE_P(Gradient, Conformance, testing::ValuesIn(all_cases()), case_name);

TEST(Registry, EveryGradientHasACaseInWhichItStands) {
  std::set<std::string> covered;
  for (const Case& at : all_cases()) {
    CaseGraph made(ElementType::kFloat64);
    at.make(made);
    bool found = false;
    for (const graph::NodeId id : made.graph.order()) found = found || made.graph.node(id).op == at.op;
    EXPECT_TRUE(found) << at.op << " isn't in its case " << at.name;
    covered.insert(at.op);
  }
  for (const auto& gradient : propagate::operators::gradients()) {
    const bool needs_none = gradient.apply == nullptr;
    EXPECT_TRUE(needs_none || covered.count(gradient.op) != 0) << gradient.op << " has no case";
  }
}

TEST(Registry, IsAlphabeticalAndSaysWhatEveryRuleDoes) {
  const auto& gradients = propagate::operators::gradients();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    EXPECT_FALSE(gradients[i].formula.empty()) << gradients[i].op;
    if (i == 0) continue;
    EXPECT_LT(gradients[i - 1].op, gradients[i].op);
  }
}

TEST(Registry, EveryRuleNamesOperatorsThatHaveAGradient) {
  std::set<std::string> known, refused;
  for (const auto& gradient : propagate::operators::gradients()) known.insert(gradient.op);
  for (const auto& each : propagate::operators::refused()) refused.insert(each.op);
  for (const std::string& name : propagate::rule_set_names()) {
    const propagate::RuleSet rules = propagate::make_rule_set(name);
    for (const propagate::Rule& rule : rules.rules()) {
      EXPECT_FALSE(rule.operators.empty()) << name << ": " << rule.name;
      for (const std::string& op : rule.operators) {
        EXPECT_EQ(known.count(op), 1U) << name << ": " << rule.name << ": " << op;
        EXPECT_EQ(refused.count(op), 0U) << name << ": " << rule.name << ": " << op;
      }
    }
  }
}

TEST(Registry, NothingPassesAnOperatorDeclaredZero) {
  for (const auto& gradient : propagate::operators::gradients()) {
    if (gradient.apply != nullptr) continue;
    CaseGraph at(ElementType::kFloat64);
    const ValueId x = at.input(batched({3}));
    at.node(gradient.op, {x, x}, batched({3}));
    const ValueId y = at.build.op("Add", {at.outputs[0], at.constant({3})}, batched({3}), ElementType::kFloat64);
    const ValueId seed = at.constant({1, kBatch, 3});
    const std::size_t before = at.graph.node_count();
    const propagate::RuleSet rules = propagate::make_rule_set("gradient");
    propagate::Walk walk(at.build, rules, 1);
    walk.run({{y, seed}}, {x});
    EXPECT_EQ(walk.cotangent(x), graph::kNone) << gradient.op;
    EXPECT_EQ(at.graph.node_count(), before) << gradient.op;
  }
}

}  // namespace
}  // namespace pellucid::tests
