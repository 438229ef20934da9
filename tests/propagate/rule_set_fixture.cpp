#include "propagate/rule_set_fixture.hpp"

#include <algorithm>
#include <cmath>
#include <pellucid/error.hpp>

#include "propagate/walk.hpp"
#include "support/expect_error.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

/// Part i of `count` equal ones.
std::vector<double> part(const std::vector<double>& all, std::size_t i, std::size_t count) {
  const auto size = static_cast<std::ptrdiff_t>(all.size() / count);
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i) * size;
  return {begin, begin + size};
}

}  // namespace

ValueId RuleSetTest::input_of(const Dims& dims, const std::vector<double>& values) {
  const ValueId x = at_.input(dims);
  std::vector<double>& data = at_.inputs.at(x).data;
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = values.at(i % values.size());
  return x;
}

void RuleSetTest::walk(const propagate::RuleSet& rules, ValueId y, const std::vector<ValueId>& wanted) {
  if (y_ != y) {
    const Dims lifted = graph::with_leading(kTargetCount, at_.build.dims(y));
    y_ = y;
    seed_ = at_.graph.add_input(at_.graph.fresh_name("seed"), ElementType::kFloat64, lifted);
    at_.inputs[seed_] = at_.random(graph::shape_at(lifted, kBatch), -1, 1);
  }
  propagate::Walk walk(at_.build, rules, kTargetCount);
  walk.run({{y, seed_}}, wanted);
  cotangents_.clear();
  for (const ValueId value : wanted) cotangents_[value] = walk.cotangent(value);
  values_ = execute(at_.graph, at_.inputs, kBatch);
}

void RuleSetTest::expect_refused(const propagate::RuleSet& rules, ValueId y, const std::vector<ValueId>& wanted,
                                 const std::string& named) {
  const auto action = [&] { walk(rules, y, wanted); };
  expect_error(ErrorCode::kUnsupported, named, action);
  expect_error(ErrorCode::kUnsupported, "'" + rules.name() + "'", action);
}

void RuleSetTest::expect_derivative_of_probabilities(const propagate::RuleSet& rules) {
  const ValueId x = at_.input(batched({6}));
  const ValueId p = at_.build.softmax(x, -1);
  walk(rules, p, {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const std::vector<double> probabilities = sample(p, b), g = seed(k, b), found = arrival(x, k, b);
    double mean = 0;
    for (std::size_t i = 0; i < 6; ++i) mean += probabilities[i] * g[i];
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found[i], probabilities[i] * (g[i] - mean), 1e-13);
  });
}

double RuleSetTest::relevance(ValueId x, ValueId cotangent, std::size_t target) const {
  if (cotangent == graph::kNone) return 0;
  const std::vector<double>&of = values_.at(x).data, &g = values_.at(cotangent).data;
  double sum = 0;
  for (std::size_t i = 0; i < of.size(); ++i) sum += of[i] * g.at(target * of.size() + i);
  return sum;
}

void RuleSetTest::expect_conserved(ValueId x) const {
  for (std::size_t target = 0; target < kTargetCount; ++target) {
    EXPECT_NEAR(arrived(x, target), put(target), 1e-12 * std::abs(put(target)));
    EXPECT_GT(std::abs(put(target)), 1e-3);
  }
}

std::vector<double> RuleSetTest::sample(ValueId x, std::size_t b) const {
  return part(values_.at(x).data, b, kSamples);
}

std::vector<double> RuleSetTest::arrival(ValueId x, std::size_t k, std::size_t b) const {
  return part(arrival(x), k * kSamples + b, kTargetCount * kSamples);
}

std::vector<double> RuleSetTest::seed(std::size_t k, std::size_t b) const {
  return part(values_.at(seed_).data, k * kSamples + b, kTargetCount * kSamples);
}

replica::Matrix RuleSetTest::matrix(ValueId x, std::size_t b) const {
  const Shape& shape = values_.at(x).shape;
  return {static_cast<std::size_t>(shape.at(shape.size() - 2)), static_cast<std::size_t>(shape.back()), sample(x, b)};
}

replica::Matrix RuleSetTest::seed_matrix(std::size_t k, std::size_t b) const {
  replica::Matrix of = matrix(y_, b);
  of.data = seed(k, b);
  return of;
}

replica::Matrix RuleSetTest::weight(ValueId w) const {
  const TensorD& of = values_.at(w);
  return {static_cast<std::size_t>(of.shape.at(0)), static_cast<std::size_t>(of.shape.at(1)), of.data};
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  double largest = 0;
  for (const double value : expected) largest = std::max(largest, std::fabs(value));
  EXPECT_GT(largest, 0);
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], expected[i], tolerance * largest) << "element " << i;
}

}  // namespace pellucid::tests
