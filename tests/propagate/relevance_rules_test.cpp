/// What chefer and lrp have in common, against the formulas in plain loops: what only moves relevance or passes it on.

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "propagate/replicas.hpp"
#include "propagate/rule_set_fixture.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::kNone;
using replica::Matrix;
using replica::Vector;

constexpr double kTight = 1e-12;

double sum(const Vector& of) { return std::accumulate(of.begin(), of.end(), 0.0); }

class SharedRules : public RuleSetTest, public testing::WithParamInterface<const char*> {
 protected:
  void walk(ValueId y, const std::vector<ValueId>& wanted) { RuleSetTest::walk(rules_, y, wanted); }

  const propagate::RuleSet rules_ = propagate::make_rule_set(GetParam());
};

INSTANTIATE_TEST_SUITE_P(RuleSets, SharedRules, testing::Values("chefer", "lrp"),
                         [](const auto& of) { return std::string(of.param); });

TEST_P(SharedRules, SeveralReadersAddUpAndAZeroGetsNothing) {
  const ValueId x = input_of(batched({4}), {1e-8, -3e-8, 0, 0.5});
  const ValueId y = op_to(batched({8}), "Concat", {op("Relu", {x}), op("Tanh", {x})}, {{"axis", std::int64_t{1}}});
  walk(y, {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const Vector r = seed(k, b);
    Vector both(4);
    for (std::size_t i = 0; i < 4; ++i) both[i] = r[i] + r[i + 4];
    expect_near(arrival(x, k, b), replica::cloned(sample(x, b), both), kTight);
    EXPECT_EQ(arrival(x, k, b)[2], 0);
  });
}

// Packed queries, keys and values: the parts are moved, whatever takes them apart.
TEST_P(SharedRules, PackedProjectionsAreOnlyMoved) {
  for (const std::string form : {"Split", "Slice", "Gather"}) {
    const ValueId x = input_of(batched({3, 2}), {1e-9, -1e-9, 0, 2e-9, 0.5, -1});
    std::vector<ValueId> parts;
    if (form == "Split")
      parts = at_.build.ops("Split", {x, at_.ints({1, 1, 1})}, {batched({1, 2}), batched({1, 2}), batched({1, 2})},
                            ElementType::kFloat64, {{"axis", std::int64_t{1}}});
    for (std::int64_t i = 0; form == "Slice" && i < 3; ++i) parts.push_back(at_.build.slice(x, 1, i, 1));
    for (std::int64_t i = 0; form == "Gather" && i < 3; ++i)
      parts.push_back(at_.build.unsqueeze(at_.build.gather(x, at_.ints({}, {i}), 1), 1));
    walk(op_to(batched({3, 2}), "Concat", parts, {{"axis", std::int64_t{1}}}), {x});
    EXPECT_EQ(arrival(x), values_.at(seed_).data) << form;
  }
}

TEST_P(SharedRules, ASelectedTokenKeepsItsRelevance) {
  for (const std::string form : {"Slice", "Gather", "GatherND", "GatherElements"}) {
    SCOPED_TRACE(form);
    const ValueId x = input_of(batched({3, 4}), {1, 1, 1, 1, 2e-9, -0.5, 0, 1.5, 3, 3, 3, 3});
    ValueId y = kNone;
    if (form == "Slice") y = at_.build.slice(x, 1, 1, 1);
    if (form == "Gather") y = at_.build.gather(x, at_.ints({}, {1}), 1);
    if (form == "GatherND") {
      const ValueId index = at_.index_input(batched({1}), {1, 1});
      y = op_to(batched({4}), form, {x, index}, {{"batch_dims", std::int64_t{1}}});
    }
    if (form == "GatherElements") {
      const ValueId index = at_.index_input(batched({1, 4}), std::vector<std::int64_t>(8, 1));
      y = op_to(batched({1, 4}), form, {x, index}, {{"axis", std::int64_t{1}}});
    }
    walk(y, {x});
    everywhere([&](std::size_t k, std::size_t b) {
      const Vector of = sample(x, b), r = seed(k, b);
      Vector expected(12, 0);
      for (std::size_t i = 0; i < 4; ++i) expected[4 + i] = of[4 + i] * replica::sd(r[i], of[4 + i]);
      expect_near(arrival(x, k, b), expected, kTight);
    });
  }
}

TEST_P(SharedRules, AMeanGivesEveryTokenItsShare) {
  const ValueId x = at_.input(batched({5, 3}));
  walk(at_.build.reduce_mean(x, {1}, false), {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const Matrix of = matrix(x, b);
    const Vector r = seed(k, b);
    Matrix expected = of;
    for (std::size_t d = 0; d < 3; ++d) {
      double mean = 0;
      for (std::size_t i = 0; i < 5; ++i) mean += of(i, d) / 5;
      for (std::size_t i = 0; i < 5; ++i) expected(i, d) = of(i, d) * replica::sd(r[d] / 5, mean);
    }
    expect_near(arrival(x, k, b), expected.data, kTight);
  });
}

// The last keys masked by −∞, in one Add or before another: what is left is the attention over the other keys.
TEST_P(SharedRules, AMaskOfMinusInfinityLeavesTheOtherKeysAlone) {
  const double inf = std::numeric_limits<double>::infinity();
  const ValueId q = at_.input(batched({4, 3})), k = at_.input(batched({5, 3})), v = at_.input(batched({5, 3}));
  for (const bool biased : {false, true}) {
    const ValueId mask = at_.constant_of({1, 1, 5}, {0, 0, 0, -inf, -inf});
    const ValueId none = at_.constant_of({1, 1, 3}, {0, 0, 0});
    const auto attention = [&](ValueId keys, ValueId values, ValueId add) {
      ValueId masked = op("Add", {scores(q, keys), add});
      const auto count = at_.build.dims(add).back().size;
      if (biased)
        masked = op("Add", {masked, at_.constant_of({1, 1, count}, Vector(static_cast<std::size_t>(count), 0.25))});
      return at_.build.matmul(at_.build.softmax(masked, -1), values);
    };
    walk(attention(k, v, mask), {q, k, v});
    std::map<ValueId, Vector> whole;
    for (const ValueId of : {q, k, v}) whole[of] = arrival(of);
    const TensorD cotangent = at_.inputs.at(seed_);
    const ValueId few_k = at_.build.slice(k, 1, 0, 3), few_v = at_.build.slice(v, 1, 0, 3);
    const ValueId y = attention(few_k, few_v, none);
    walk(y, {q, few_k, few_v});
    at_.inputs.at(seed_) = cotangent;
    values_ = execute(at_.graph, at_.inputs, kBatch);
    expect_near(whole[q], arrival(q), 1e-9);
    everywhere([&](std::size_t t, std::size_t b) {
      for (const auto& [all, few] : {std::pair(k, few_k), std::pair(v, few_v)}) {
        Vector expected = arrival(few, t, b);
        expected.resize(15, 0.0);
        const auto from = whole[all].begin() + static_cast<std::ptrdiff_t>(15 * (t * kSamples + b));
        expect_near({from, from + 15}, expected, 1e-9);
      }
    });
  }
}

// X convᵀ(S, W) − L convᵀ(S, W⁺) − H convᵀ(S, W⁻), windows that don't overlap.
TEST_P(SharedRules, ThePatchEmbeddingHasTheBoundedRule) {
  constexpr std::size_t kChannels = 3, kPatch = 2, kSide = 4, kWidth = 5, kGrid = kSide / kPatch;
  const ValueId x = at_.input(batched({kChannels, kSide, kSide}));
  for (std::size_t i = 0; i < 48; ++i) at_.inputs.at(x).data[48 + i] = 3 * at_.inputs.at(x).data[48 + i] + 1;
  const ValueId w = at_.constant({kWidth, kChannels, kPatch, kPatch}), bias = at_.constant({kWidth});
  const std::vector<std::int64_t> step{kPatch, kPatch};
  walk(op_to(batched({kWidth, kGrid, kGrid}), "Conv", {x, w, bias}, {{"strides", step}, {"kernel_shape", step}}), {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const Vector image = sample(x, b), r = seed(k, b), &filter = values_.at(w).data;
    const double low = *std::min_element(image.begin(), image.end()),
                 high = *std::max_element(image.begin(), image.end());
    Vector expected(image.size(), 0);
    const auto visit = [&](std::size_t out, std::size_t row, std::size_t column, const auto& each) {
      for (std::size_t c = 0; c < kChannels; ++c)
        for (std::size_t i = 0; i < kPatch; ++i)
          for (std::size_t j = 0; j < kPatch; ++j)
            each((c * kSide + row * kPatch + i) * kSide + column * kPatch + j,
                 filter[((out * kChannels + c) * kPatch + i) * kPatch + j]);
    };
    const auto share = [&](double pixel, double weight) {
      return pixel * weight - low * std::max(weight, 0.0) - high * std::min(weight, 0.0);
    };
    for (std::size_t at = 0; at < kWidth * kGrid * kGrid; ++at) {
      const std::size_t out = at / (kGrid * kGrid), row = at / kGrid % kGrid, column = at % kGrid;
      double z = 1e-9;
      visit(out, row, column, [&](std::size_t p, double weight) { z += share(image[p], weight); });
      visit(out, row, column,
            [&](std::size_t p, double weight) { expected[p] += share(image[p], weight) * r[at] / z; });
    }
    expect_near(arrival(x, k, b), expected, kTight);
    EXPECT_NEAR(sum(arrival(x, k, b)), sum(r), 1e-7);
  });
}

// Key and value heads that several query heads share are repeated: what the copies get adds up.
TEST_P(SharedRules, RepeatedHeadsAddUp) {
  const ValueId x = at_.input(batched({2, 3}));
  const ValueId copies = at_.build.expand(at_.build.reshape(x, batched({2, 1, 3})), batched({2, 2, 3}));
  walk(at_.build.reshape(copies, batched({4, 3})), {x});
  everywhere([&](std::size_t k, std::size_t b) {
    const Vector r = seed(k, b);
    Vector expected(6);
    for (std::size_t i = 0; i < 6; ++i) expected[i] = r[6 * (i / 3) + i % 3] + r[6 * (i / 3) + 3 + i % 3];
    expect_near(arrival(x, k, b), expected, kTight);
  });
}

TEST_P(SharedRules, NormsActivationsAndFactorsPassRelevanceAsItIs) {
  const ValueId x = at_.input(batched({3, 4}));
  at_.inputs.at(x).data[2] = 0;
  const ValueId scale = at_.constant({4}), bias = at_.constant({4});
  const ValueId mean = at_.build.reduce_mean(op("Mul", {x, x}), {-1}, true);
  const ValueId root = at_.build.unary("Sqrt", at_.build.add(mean, number(1e-6, x)));
  const ValueId probabilities = at_.build.softmax(x, -1);
  (void)at_.build.matmul(probabilities, at_.input(batched({4, 2})));  // it is attention's
  const std::vector<ValueId> passing{op("LayerNormalization", {x, scale, bias}, {{"axis", std::int64_t{-1}}}),
                                     op("Mul", {op("Mul", {x, at_.build.unary("Reciprocal", root)}), scale}),
                                     op("Gelu", {x}),
                                     op("Relu", {x}),
                                     op("Tanh", {x}),
                                     silu(x),
                                     op("Neg", {x}),
                                     op("Identity", {x}),
                                     op("Mul", {x, scale}),
                                     op("Div", {x, number(-8, x)}),
                                     probabilities};
  for (const ValueId y : passing) {
    walk(y, {x});
    EXPECT_EQ(arrival(x), values_.at(seed_).data) << at_.graph.producer(y)->op;
  }
}

}  // namespace
}  // namespace pellucid::tests
