#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "propagate/case.hpp"
#include "propagate/replicas.hpp"
#include "propagate/rule_sets.hpp"

namespace pellucid::tests {

/// A small graph in double, a walk back under some rule set from random cotangents of two targets, and the values of
/// both by the reference executor.
class RuleSetTest : public testing::Test {
 protected:
  static constexpr std::size_t kTargetCount = 2;
  static constexpr auto kSamples = static_cast<std::size_t>(kBatch);

  /// A node with one output of the first operand's dims.
  ValueId op(const std::string& name, const std::vector<ValueId>& inputs, const Attributes& attributes = {}) {
    return at_.build.op(name, inputs, at_.build.dims(inputs[0]), ElementType::kFloat64, attributes);
  }
  /// The same with other dims.
  ValueId op_to(const Dims& dims, const std::string& name, const std::vector<ValueId>& inputs,
                const Attributes& attributes = {}) {
    return at_.build.op(name, inputs, dims, ElementType::kFloat64, attributes);
  }
  ValueId number(double value, ValueId like) { return at_.build.scalar_like(value, like); }
  /// An input with these values for both samples.
  ValueId input_of(const Dims& dims, const std::vector<double>& values);
  /// q·kᵀ of [batch, tokens, dim].
  ValueId scores(ValueId q, ValueId k) { return at_.build.matmul(q, at_.build.transpose_last(k)); }
  /// x · sigmoid(x)
  ValueId silu(ValueId x) { return op("Mul", {x, op("Sigmoid", {x})}); }

  /// Puts a random cotangent on y, walks back to `wanted` and computes all values. A second walk from the same y has
  /// the same cotangent.
  void walk(const propagate::RuleSet& rules, ValueId y, const std::vector<ValueId>& wanted);
  /// Expects the walk to be refused by an error that names `part`.
  void expect_refused(const propagate::RuleSet& rules, ValueId y, const std::vector<ValueId>& wanted,
                      const std::string& part);

  /// Expects a head's own softmax to pass by its derivative: p (g − Σ p g).
  void expect_derivative_of_probabilities(const propagate::RuleSet& rules);

  /// Σ x ⊙ g of a target; 0 where nothing arrived.
  [[nodiscard]] double relevance(ValueId x, ValueId cotangent, std::size_t target) const;
  [[nodiscard]] double arrived(ValueId x, std::size_t target) const { return relevance(x, cotangents_.at(x), target); }
  [[nodiscard]] double put(std::size_t target) const { return relevance(y_, seed_, target); }
  /// What arrived at x adds up to what was put on y, for every target.
  void expect_conserved(ValueId x) const;

  /// A sample of a value; what arrived at a value for a target and a sample; what was put on y.
  [[nodiscard]] std::vector<double> sample(ValueId x, std::size_t b) const;
  [[nodiscard]] std::vector<double> arrival(ValueId x, std::size_t k, std::size_t b) const;
  [[nodiscard]] std::vector<double> seed(std::size_t k, std::size_t b) const;
  /// The same as matrices, of a [batch, rows, columns] value.
  [[nodiscard]] replica::Matrix matrix(ValueId x, std::size_t b) const;
  [[nodiscard]] replica::Matrix seed_matrix(std::size_t k, std::size_t b) const;
  /// A [rows, columns] constant.
  [[nodiscard]] replica::Matrix weight(ValueId w) const;
  /// Calls `check` for every target and sample.
  template <class Check>
  void everywhere(const Check& check) const {
    for (std::size_t k = 0; k < kTargetCount; ++k)
      for (std::size_t b = 0; b < kSamples; ++b) check(k, b);
  }
  /// All that arrived at a value.
  [[nodiscard]] const std::vector<double>& arrival(ValueId x) const { return values_.at(cotangents_.at(x)).data; }

  CaseGraph at_{ElementType::kFloat64};
  ValueId y_ = graph::kNone, seed_ = graph::kNone;
  std::map<ValueId, ValueId> cotangents_;
  std::map<ValueId, TensorD> values_;
};

/// Each element within `tolerance`, relative to the largest one expected.
void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double tolerance);

}  // namespace pellucid::tests
