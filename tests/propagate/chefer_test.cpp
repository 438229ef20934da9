/// Transformer attribution's rules against their formulas in plain loops, sample by sample.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "propagate/replicas.hpp"
#include "propagate/rule_set_fixture.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;
using replica::Matrix;
using replica::Vector;

constexpr double kTight = 1e-12;

double sum(const Vector& of) { return std::accumulate(of.begin(), of.end(), 0.0); }

class CheferTest : public RuleSetTest {
 protected:
  void walk(ValueId y, const std::vector<ValueId>& wanted) { RuleSetTest::walk(rules_, y, wanted); }
  void refuse(ValueId y, const std::vector<ValueId>& wanted, const std::string& named) {
    expect_refused(rules_, y, wanted, named);
  }

  const propagate::RuleSet rules_ = propagate::make_rule_set("chefer");
};

// Inputs and weights with zeros; the last output has Z = 0 for every row, and its relevance is dropped.
struct LinearForm : public CheferTest, public testing::WithParamInterface<const char*> {
  static constexpr std::size_t kIn = 4, kOut = 3;

  ValueId linear_of(ValueId x, ValueId w, const std::string& form) {
    const Dims out = form.starts_with("Gemm") ? batched({kOut}) : batched({5, kOut});
    if (form == "MatMul") return op_to(out, "MatMul", {x, w});
    if (form == "Add") return op("Add", {op_to(out, "MatMul", {x, w}), at_.constant({kOut})});
    if (form == "AddBefore") {
      const ValueId product = op_to(out, "MatMul", {x, w});
      return op_to(out, "Add", {at_.constant({1, 1, kOut}), product});
    }
    if (form == "AddOfParts") {
      const ValueId bias =
          op_to(plain({kOut}), "Concat", {at_.constant({1}), at_.constant({kOut - 1})}, {{"axis", std::int64_t{0}}});
      return op("Add", {op_to(out, "MatMul", {x, w}), bias});
    }
    if (form == "Gemm") return op_to(out, "Gemm", {x, w, at_.constant({kOut})});
    if (form == "GemmAdd") return op("Add", {op_to(out, "Gemm", {x, w}), at_.constant({kOut})});
    const ValueId turned = op_to(plain({kOut, kIn}), "Transpose", {w}, {{"perm", std::vector<std::int64_t>{1, 0}}});
    return op_to(out, "Gemm", {x, turned, at_.constant({kOut})}, {{"transB", std::int64_t{1}}});
  }
};

TEST_P(LinearForm, IsTheRuleOfPositiveAndNegativeContributions) {
  const std::string form = GetParam();
  const Vector weights{1.5, -0.5, 0, -2, 0.25, 0, 0, 1, 0, 0.75, -1.25, 0};
  const ValueId w = at_.constant_of({kIn, kOut}, weights);
  const ValueId x = at_.input(form.starts_with("Gemm") ? batched({kIn}) : batched({5, kIn}));
  at_.inputs.at(x).data[1] = 0;
  walk(linear_of(x, w, form), {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const std::size_t rows = form.starts_with("Gemm") ? 1 : 5;
    const Matrix expected = replica::chefer_linear({rows, kIn, sample(x, b)}, weight(w), {rows, kOut, seed(k, b)});
    expect_near(arrival(x, k, b), expected.data, kTight);
  });
}

INSTANTIATE_TEST_SUITE_P(Forms, LinearForm,
                         testing::Values("MatMul", "Add", "AddBefore", "AddOfParts", "Gemm", "GemmAdd", "GemmTurned"),
                         [](const auto& of) { return std::string(of.param); });

// q·kᵀ/2, the factor at different places; the values are so small that 1e-9 in the wrong place would show.
struct ScaledProduct : public CheferTest, public testing::WithParamInterface<const char*> {};

TEST_P(ScaledProduct, TakesThePureProduct) {
  const std::string form = GetParam();
  const ValueId q = at_.input(batched({4, 3}), -1e-4, 1e-4), k = at_.input(batched({5, 3}), -1e-4, 1e-4);
  at_.inputs.at(q).data[2] = 0;
  const auto scaled = [&](ValueId x, double by) { return op("Mul", {x, number(by, x)}); };
  ValueId y = kNone;
  if (form == "pure") y = scores(q, k);
  if (form == "queries") y = scores(scaled(q, 0.5), k);
  if (form == "divided") y = scores(op("Div", {q, number(2, q)}), k);
  if (form == "both") y = scores(scaled(q, std::sqrt(0.5)), scaled(k, std::sqrt(0.5)));
  if (form == "scores") y = scaled(scores(q, k), 0.5);
  walk(y, {q, k});
  everywhere([&](std::size_t t, std::size_t b) {
    const auto [to_q, to_k] = replica::product_shares(matrix(q, b), transposed(matrix(k, b)), {4, 5, seed(t, b)});
    expect_near(arrival(q, t, b), to_q.data, 1e-11);
    expect_near(arrival(k, t, b), transposed(to_k).data, 1e-11);
  });
}

INSTANTIATE_TEST_SUITE_P(Places, ScaledProduct, testing::Values("pure", "queries", "divided", "both", "scores"),
                         [](const auto& of) { return std::string(of.param); });

// Shares of one sign stay what they are; where the signs differ the negative one is flipped and both are shrunk.
TEST_F(CheferTest, ASumIsNormalisedForEverySample) {
  for (const bool agree : {true, false}) {
    const ValueId u = at_.input(batched({3, 4}), agree ? 0.9 : 2, agree ? 1 : 2.1);
    const ValueId v = at_.input(batched({3, 4}), agree ? 0.9 : -1.1, agree ? 1 : -1);
    for (const ValueId x : {u, v}) at_.inputs.at(x).data[5] = 0;
    walk(op("Add", {u, v}), {u, v});
    everywhere([&](std::size_t k, std::size_t b) {
      const Vector r = seed(k, b);
      const auto raw = replica::sum_shares(sample(u, b), sample(v, b), r);
      EXPECT_EQ((sum(raw.first) > 0) == (sum(raw.second) > 0), agree);
      const auto [to_u, to_v] = replica::normalised_shares(sample(u, b), sample(v, b), r);
      expect_near(arrival(u, k, b), to_u, kTight);
      expect_near(arrival(v, k, b), to_v, kTight);
      const double lost = b == 0 ? r[5] : 0;  // where both are 0
      if (agree) {
        EXPECT_NEAR(sum(raw.first) + sum(raw.second), sum(r) - lost, 1e-6);
      }
      EXPECT_NEAR(sum(arrival(u, k, b)) + sum(arrival(v, k, b)), sum(r), 1e-6);
    });
  }
}

TEST_F(CheferTest, ASumWithAPositionTableDropsItsShare) {
  const ValueId u = at_.input(batched({3, 4})), table = at_.constant({1, 3, 4});
  walk(op("Add", {u, table}), {u});
  everywhere([&](std::size_t k, std::size_t b) {
    const auto shares = replica::normalised_shares(sample(u, b), values_.at(table).data, seed(k, b));
    expect_near(arrival(u, k, b), shares.first, kTight);
  });
}

// Heads folded into the batch axis: the sums are those of a sample, over all of its heads.
TEST_F(CheferTest, HeadsFoldedIntoTheBatchCountWithTheirSample) {
  const std::int64_t heads = 3;
  const ValueId u = at_.input(batched({heads, 2, 2})), v = at_.input(batched({heads, 2, 2}));
  const Dims folded{{heads, true}, {2, false}, {2, false}};
  const ValueId y = at_.build.add(at_.build.reshape(u, folded), at_.build.reshape(v, folded));
  walk(y, {u, v});
  everywhere([&](std::size_t k, std::size_t b) {
    const auto [a, c] = replica::normalised_shares(sample(u, b), sample(v, b), seed(k, b));
    expect_near(arrival(u, k, b), a, kTight);
    expect_near(arrival(v, k, b), c, kTight);
  });
}

// A sequence-first model folds the other way round: rows t·B + b.
TEST_F(CheferTest, TokensFoldedBeforeTheBatchCountWithTheirSample) {
  const ValueId u = at_.input(batched({3, 2})), v = at_.input(batched({3, 2}));
  const Dims folded{{3, true}, {2, false}};
  const auto rows = [&](ValueId x) { return at_.build.reshape(at_.build.transpose(x, {1, 0, 2}), folded); };
  const ValueId sum_rows = at_.build.add(rows(u), rows(v));
  const ValueId y = at_.build.transpose(at_.build.reshape(sum_rows, {{3, false}, {1, true}, {2, false}}), {1, 0, 2});
  walk(y, {u, v});
  everywhere([&](std::size_t k, std::size_t b) {
    const auto [a, c] = replica::normalised_shares(sample(u, b), sample(v, b), seed(k, b));
    expect_near(arrival(u, k, b), a, kTight);
    expect_near(arrival(v, k, b), c, kTight);
  });
}

TEST_F(CheferTest, AFixedBatchOfSeveralSamplesIsRefused) {
  const ValueId u = at_.input(plain({3, 4})), v = at_.input(plain({3, 4}));
  refuse(op("Add", {u, v}), {u, v}, "batch is fixed");
}

// Three projections of one tensor, and what a skip connection brings beside them: two readers, not four.
TEST_F(CheferTest, ProjectionsOfOneTensorAreOneReader) {
  for (const bool skip : {false, true}) {
    const ValueId x = at_.input(batched({2, 3}), 1e-9, 1e-8);
    std::vector<ValueId> weights, parts;
    for (int i = 0; i < 3; ++i) weights.push_back(at_.constant({3, 3}));
    for (const ValueId w : weights) parts.push_back(at_.build.matmul(x, w));
    if (skip) parts.push_back(op("Relu", {x}));
    const auto width = static_cast<std::int64_t>(3 * parts.size());
    walk(op_to(batched({2, width}), "Concat", parts, {{"axis", std::int64_t{2}}}), {x});
    everywhere([&](std::size_t k, std::size_t b) {
      const Matrix r = seed_matrix(k, b);
      Vector expected(6, 0);
      for (std::size_t p = 0; p < parts.size(); ++p) {
        Matrix own = replica::zeros(2, 3);
        for (std::size_t i = 0; i < 6; ++i) own.data[i] = r(i / 3, 3 * p + i % 3);
        const Matrix share = p < 3 ? replica::chefer_linear(matrix(x, b), weight(weights[p]), own) : own;
        for (std::size_t i = 0; i < 6; ++i) expected[i] += share.data[i];
      }
      expect_near(arrival(x, k, b), skip ? replica::cloned(sample(x, b), expected) : expected, kTight);
    });
  }
}

// Rotary positions, x cos + (−x₂, x₁) sin: two products with constants, a sum, and both halves read twice.
TEST_F(CheferTest, RotaryPositionsKeepTheSum) {
  const ValueId x = at_.input(batched({3, 4}), 0.5, 2), cosine = at_.constant({3, 4}), sine = at_.constant({3, 4});
  const ValueId turned = at_.build.concat({op("Neg", {at_.build.slice(x, 2, 2, 2)}), at_.build.slice(x, 2, 0, 2)}, 2);
  const ValueId u = op("Mul", {x, cosine}), v = op("Mul", {turned, sine});
  walk(op("Add", {u, v}), {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const auto [to_u, to_v] = replica::normalised_shares(sample(u, b), sample(v, b), seed(k, b));
    Vector expected = to_u;
    for (std::size_t i = 0; i < 12; ++i) expected[i % 4 < 2 ? i + 2 : i - 2] += to_v[i];
    expect_near(arrival(x, k, b), expected, 1e-8);
    EXPECT_NEAR(sum(arrival(x, k, b)), sum(seed(k, b)), 1e-6);
  });
}

TEST_F(CheferTest, WhatHasNoRuleIsRefused) {
  const ValueId a = at_.input(batched({2, 4}), 0.5, 2), b = at_.input(batched({2, 4}), 0.5, 2);
  at_.build.set_source("/gate/Mul");
  refuse(op("Mul", {a, b}), {a, b}, "Mul node '/gate/Mul'");
  at_.build.set_source("/ratio/Div");
  refuse(op("Div", {a, b}), {a}, "Div node '/ratio/Div'");
  at_.build.set_source("/head/Softmax");
  refuse(at_.build.softmax(a, -1), {a}, "Softmax node '/head/Softmax'");
  at_.build.set_source("/stem/Conv");
  const ValueId image = at_.input(batched({1, 3, 3}));
  const ValueId inner = op_to(batched({1, 2, 2}), "Conv", {op("Relu", {image}), at_.constant({1, 1, 2, 2})},
                              {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
  refuse(inner, {image}, "Conv node '/stem/Conv'");
  for (const char* name : {"Exp", "Sigmoid", "Sub"}) {
    at_.build.set_source("/x");
    refuse(*name == 'S' && name[1] == 'u' ? op(name, {a, b}) : op(name, {a}), {a}, std::string(name) + " node '/x'");
  }
}

}  // namespace
}  // namespace pellucid::tests
