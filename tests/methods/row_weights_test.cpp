/// Rows whose weights depend on the input (a mask) or on the target (the token that it indexes).

#include <gtest/gtest.h>

#include <algorithm>

#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

double mean_attention(const StreamModel& model, std::int64_t l, std::int64_t b, std::int64_t i, std::int64_t j) {
  double sum = 0;
  for (std::int64_t h = 0; h < kHeads; ++h) sum += model.a(l, b, h, i, j) / kHeads;
  return sum;
}

double product(const StreamModel& model, std::int64_t l, std::int64_t k, std::int64_t b, std::int64_t i, std::int64_t j,
               bool clamped) {
  double sum = 0;
  for (std::int64_t h = 0; h < kHeads; ++h) {
    const double term = model.a(l, b, h, i, j) * model.ga(l, k, b, h, i, j);
    sum += (clamped ? std::max(0.0, term) : term) / kHeads;
  }
  return sum;
}

/// r ← f(l, i, j) applied to the row from the last block to the first.
template <class F>
double carried(const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j, const F& f) {
  std::vector<double> row;
  for (std::int64_t i = 0; i < kTokens; ++i) row.push_back(model.w(k, b, i));
  for (std::int64_t l = kBlocks - 1; l >= 0; --l) {
    std::vector<double> next(row.size(), 0);
    for (std::int64_t i = 0; i < kTokens; ++i)
      for (std::int64_t m = 0; m < kTokens; ++m)
        next[static_cast<std::size_t>(m)] += row[static_cast<std::size_t>(i)] * f(l, i, m);
    row = next;
  }
  return row[static_cast<std::size_t>(j)];
}

class RowWeights : public testing::TestWithParam<StreamModelSpec> {};

TEST_P(RowWeights, AttentionReadsThem) {
  expect_scores(GetParam(), methods::attention_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double sum = 0;
                  for (std::int64_t i = 0; i < kTokens; ++i)
                    sum += model.w(k, b, i) * mean_attention(model, kBlocks - 1, b, i, j);
                  return sum;
                });
}

TEST_P(RowWeights, RolloutStartsWithThem) {
  expect_scores(GetParam(), methods::rollout_method(), {"row_norm=false"},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  return carried(model, k, b, j, [&](auto l, auto i, auto m) {
                    return 0.5 * mean_attention(model, l, b, i, m) + (i == m ? 0.5 : 0);
                  });
                });
}

TEST_P(RowWeights, GenAttStartsWithThem) {
  expect_scores(GetParam(), methods::genatt_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  return carried(model, k, b, j, [&](auto l, auto i, auto m) {
                    return product(model, l, k, b, i, m, true) + (i == m ? 1 : 0);
                  });
                });
}

TEST_P(RowWeights, AttentionTimesGradientReadsThem) {
  expect_scores(GetParam(), methods::attention_x_gradient_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double sum = 0;
                  for (std::int64_t l = 0; l < kBlocks; ++l)
                    for (std::int64_t i = 0; i < kTokens; ++i)
                      sum += model.w(k, b, i) * product(model, l, k, b, i, j, false);
                  return sum;
                });
}

TEST_P(RowWeights, GradCamReadsThem) {
  expect_scores(GetParam(), methods::gradcam_attention_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t h = 0; h < kHeads; ++h) {
                    double weight = 0, attended = 0;
                    for (std::int64_t i = 0; i < kTokens; ++i) {
                      attended += model.w(k, b, i) * model.a(kBlocks - 1, b, h, i, j);
                      for (std::int64_t m = 1; m < kTokens; ++m)
                        weight += model.w(k, b, i) * model.ga(kBlocks - 1, k, b, h, i, m) / (kTokens - 1);
                    }
                    score += weight * attended / kHeads;
                  }
                  return std::max(0.0, score);
                });
}

INSTANTIATE_TEST_SUITE_P(Kinds, RowWeights,
                         testing::Values(StreamModelSpec{.mask = true}, StreamModelSpec{.by_token = true},
                                         StreamModelSpec{.heads_folded = true, .mask = true},
                                         StreamModelSpec{.heads_folded = true, .by_token = true}));

TEST(RowWeights, TheHeadsRowCanBeAskedFor) {
  StreamModel by_token({.by_token = true}), plain({});
  expect_same(by_token.run(methods::genatt_method(), {"row=readout"}), plain.run(methods::genatt_method(), {}));
}

TEST(RowWeights, AnInvertedMaskCountsWhatItLeavesOut) {
  StreamModel model({.mask = true});
  model.stream.read_out.mask.inverted = true;
  model.replace_value(model.mask, {0, 0, 1, 1, 1, 0, 1, 0, 1, 0});
  const TensorD got = model.run(methods::rollout_method(), {"residual=1", "row_norm=false"});
  const std::vector<double> want{0.5, 0.5, 0, 0, 0, 1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3};
  for (std::size_t i = 0; i < got.data.size(); ++i) EXPECT_NEAR(got.data[i], want[i % want.size()], 1e-12) << i;
}

TEST(RowWeights, RowTargetNeedsTargetsThatIndexTokens) {
  StreamModel model({});
  EXPECT_THROW((void)model.run(methods::genatt_method(), {"row=target"}), Error);
  StreamModel per_token({.by_token = true});
  per_token.stream.read_out.kind = anatomy::ReadOutKind::kTarget;
  EXPECT_THROW((void)per_token.run(methods::genatt_method(), {"row=readout"}), Error);
}

}  // namespace
}  // namespace pellucid::tests
