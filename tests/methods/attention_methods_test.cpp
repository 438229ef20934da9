#include <gtest/gtest.h>

#include <algorithm>

#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix zeros() { return Matrix(kTokens, std::vector<double>(kTokens, 0)); }

Matrix identity() {
  Matrix result = zeros();
  for (std::size_t i = 0; i < kTokens; ++i) result[i][i] = 1;
  return result;
}

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix result = zeros();
  for (std::size_t i = 0; i < kTokens; ++i)
    for (std::size_t j = 0; j < kTokens; ++j)
      for (std::size_t m = 0; m < kTokens; ++m) result[i][j] += a[i][m] * b[m][j];
  return result;
}

/// row(M)[j] with the model's read-out weights, or with the probe's row before them.
double row(const StreamModel& model, const Matrix& matrix, std::int64_t j) {
  double sum = 0;
  for (std::int64_t i = 0; i < kTokens; ++i)
    sum += model.w(i) * matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return sum;
}

/// f(h, i, j) averaged over the heads.
template <class F>
Matrix head_mean(const F& f) {
  Matrix result = zeros();
  for (std::int64_t i = 0; i < kTokens; ++i)
    for (std::int64_t j = 0; j < kTokens; ++j)
      for (std::int64_t h = 0; h < kHeads; ++h)
        result[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] += f(h, i, j) / kHeads;
  return result;
}

Matrix mean_attention(const StreamModel& model, std::int64_t l, std::int64_t b) {
  return head_mean([&](auto h, auto i, auto j) { return model.a(l, b, h, i, j); });
}

Matrix positive_part(const StreamModel& model, std::int64_t l, std::int64_t k, std::int64_t b) {
  return head_mean(
      [&](auto h, auto i, auto j) { return std::max(0.0, model.a(l, b, h, i, j) * model.ga(l, k, b, h, i, j)); });
}

/// M_{L−1} … M_start of the residual mix, full matrices.
Matrix rollout_product(const StreamModel& model, std::int64_t b, std::int64_t start, double residual, bool normed) {
  Matrix product = identity();
  for (std::int64_t l = start; l < kBlocks; ++l) {
    Matrix m = mean_attention(model, l, b);
    for (std::size_t i = 0; i < kTokens; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < kTokens; ++j) {
        m[i][j] = (1 - residual) * m[i][j] + (i == j ? residual : 0);
        sum += m[i][j];
      }
      for (std::size_t j = 0; j < kTokens && normed; ++j) m[i][j] /= sum;
    }
    product = times(m, product);
  }
  return product;
}

/// R_L by the paper's recursion, full matrices.
Matrix relevance(const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t start) {
  Matrix r = identity();
  for (std::int64_t l = start; l < kBlocks; ++l) {
    const Matrix update = times(positive_part(model, l, k, b), r);
    for (std::size_t i = 0; i < kTokens; ++i)
      for (std::size_t j = 0; j < kTokens; ++j) r[i][j] += update[i][j];
  }
  return r;
}

class AttentionMethods : public testing::TestWithParam<StreamModelSpec> {};

TEST_P(AttentionMethods, AttentionIsTheLastBlocksReadOutRow) {
  expect_scores(GetParam(), methods::attention_method(), {},
                [](const StreamModel& model, std::int64_t, std::int64_t b, std::int64_t j) {
                  return row(model, mean_attention(model, kBlocks - 1, b), j);
                });
}

TEST_P(AttentionMethods, AttentionGivesEveryMap) {
  StreamModel model(GetParam());
  const TensorD got = model.run(methods::attention_method(), {"layers=all"});
  TensorD want = filled({kTargets, kBatch, kBlocks, kTokens, kTokens}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    element(want, at) =
        mean_attention(model, at[2], at[1])[static_cast<std::size_t>(at[3])][static_cast<std::size_t>(at[4])];
  });
  expect_same(got, want);
}

TEST_P(AttentionMethods, RolloutIsTheProductsRow) {
  const auto expect = [&](const std::vector<std::string>& options, std::int64_t start, double residual, bool normed) {
    expect_scores(GetParam(), methods::rollout_method(), options,
                  [&](const StreamModel& model, std::int64_t, std::int64_t b, std::int64_t j) {
                    return row(model, rollout_product(model, b, start, residual, normed), j);
                  });
  };
  expect({}, 0, 0.5, true);
  expect({"start_layer=1"}, 1, 0.5, true);
  expect({"start_layer=2", "residual=0.2"}, 2, 0.2, true);
  expect({"residual=0"}, 0, 0, true);
  expect({"residual=1"}, 0, 1, true);
  expect({"row_norm=false", "residual=0.3"}, 0, 0.3, false);
}

/// A_h of all blocks but the last multiplied, for one head.
Matrix joined(const StreamModel& model, std::int64_t b, std::int64_t h) {
  Matrix product = identity();
  for (std::int64_t l = 0; l + 1 < kBlocks; ++l) {
    Matrix a = identity();
    for (std::size_t i = 0; i < kTokens; ++i)
      for (std::size_t j = 0; j < kTokens; ++j)
        a[i][j] = model.a(l, b, h, static_cast<std::int64_t>(i), static_cast<std::int64_t>(j));
    product = times(a, product);
  }
  return product;
}

TEST_P(AttentionMethods, TransFgJoinsHeadsByTheirMeanOrLargest) {
  for (const bool mean : {true, false})
    expect_scores(GetParam(), methods::transfg_method(), {mean ? "heads=mean" : "heads=max"},
                  [&](const StreamModel& model, std::int64_t, std::int64_t b, std::int64_t j) {
                    double sum = 0, largest = 0;
                    for (std::int64_t h = 0; h < kHeads; ++h) {
                      const double one = row(model, joined(model, b, h), j);
                      sum += one / kHeads;
                      largest = std::max(largest, one);
                    }
                    return mean ? sum : largest;
                  });
}

TEST_P(AttentionMethods, RolloutAddsUpToOne) {
  StreamModel model(GetParam());
  const TensorD got = model.run(methods::rollout_method(), {});
  for (std::size_t at = 0; at < got.data.size(); at += kTokens) {
    double sum = 0;
    for (std::size_t j = 0; j < kTokens; ++j) sum += got.data[at + j];
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST_P(AttentionMethods, GenAttIsTheRecursionsRow) {
  for (const std::int64_t start : {0, 1, 2})
    expect_scores(GetParam(), methods::genatt_method(), {"start_layer=" + std::to_string(start)},
                  [&](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                    return row(model, relevance(model, k, b, start), j);
                  });
}

TEST_P(AttentionMethods, AttentionTimesGradientSumsTheBlocks) {
  for (const bool last : {false, true})
    expect_scores(GetParam(), methods::attention_x_gradient_method(), {last ? "layers=last" : "layers=all"},
                  [&](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                    double sum = 0;
                    for (std::int64_t l = last ? kBlocks - 1 : 0; l < kBlocks; ++l)
                      sum += row(model, head_mean([&](auto h, auto i, auto m) {
                                   return model.a(l, b, h, i, m) * model.ga(l, k, b, h, i, m);
                                 }),
                                 j);
                    return sum;
                  });
}

TEST_P(AttentionMethods, GradCamByRow) {
  expect_scores(GetParam(), methods::gradcam_attention_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t h = 0; h < kHeads; ++h) {
                    double weight = 0, attended = 0;
                    for (std::int64_t i = 0; i < kTokens; ++i) {
                      attended += model.w(i) * model.a(kBlocks - 1, b, h, i, j);
                      // token 0 is the class token: no content
                      for (std::int64_t m = 1; m < kTokens; ++m)
                        weight += model.w(i) * model.ga(kBlocks - 1, k, b, h, i, m) / (kTokens - 1);
                    }
                    score += weight * attended / kHeads;
                  }
                  return std::max(0.0, score);
                });
}

TEST_P(AttentionMethods, GradCamByMap) {
  expect_scores(GetParam(), methods::gradcam_attention_method(), {"head_weights=map"},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  std::vector<double> weights(kHeads, 0);
                  for (std::int64_t h = 0; h < kHeads; ++h)
                    for (std::int64_t i = 0; i < kTokens; ++i)
                      for (std::int64_t m = 0; m < kTokens; ++m)
                        weights[static_cast<std::size_t>(h)] +=
                            model.ga(kBlocks - 1, k, b, h, i, m) / (kTokens * kTokens);
                  double score = 0;
                  for (std::int64_t i = 0; i < kTokens; ++i) {
                    double cell = 0;
                    for (std::int64_t h = 0; h < kHeads; ++h)
                      cell += weights[static_cast<std::size_t>(h)] * model.a(kBlocks - 1, b, h, i, j) / kHeads;
                    score += model.w(i) * std::max(0.0, cell);
                  }
                  return score;
                });
}

TEST_P(AttentionMethods, GradSamReadsATokensOwnRow) {
  expect_scores(GetParam(), methods::grad_sam_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t i) {
                  double score = 0;
                  for (std::int64_t l = 0; l < kBlocks; ++l)
                    for (std::int64_t h = 0; h < kHeads; ++h)
                      for (std::int64_t j = 0; j < kTokens; ++j)
                        score += model.a(l, b, h, i, j) * std::max(0.0, model.ga(l, k, b, h, i, j));
                  return score / (kBlocks * kHeads * kTokens);
                });
}

INSTANTIATE_TEST_SUITE_P(ReadOuts, AttentionMethods,
                         testing::Values(StreamModelSpec{}, StreamModelSpec{.heads_folded = true},
                                         StreamModelSpec{.weights = {0, 0, 1, 0, 0}},
                                         StreamModelSpec{.weights = {0.5, 0.5, 0, 0, 0}},
                                         StreamModelSpec{.weights = {0, 0.25, 0.25, 0.25, 0.25}},
                                         StreamModelSpec{.weights = {0.2, 0.2, 0.2, 0.2, 0.2}, .heads_folded = true}));

/// Σ_i of the probe's row times a matrix.
template <class F>
double behind_probe(const Matrix& matrix, std::int64_t j, const F& probe) {
  double sum = 0;
  for (std::int64_t i = 0; i < kTokens; ++i)
    for (std::int64_t h = 0; h < kHeads; ++h)
      sum += probe(h, i) / kHeads * matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return sum;
}

class PooledMethods : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static StreamModelSpec spec() { return {.weights = {}, .heads_folded = GetParam(), .pool = true}; }
};

TEST_P(PooledMethods, AttentionIsTheProbes) {
  expect_scores(spec(), methods::attention_method(), {},
                [](const StreamModel& model, std::int64_t, std::int64_t b, std::int64_t j) {
                  return behind_probe(identity(), j, [&](auto h, auto i) { return model.p(b, h, i); });
                });
}

TEST_P(PooledMethods, RolloutStartsAtTheProbe) {
  expect_scores(spec(), methods::rollout_method(), {},
                [](const StreamModel& model, std::int64_t, std::int64_t b, std::int64_t j) {
                  return behind_probe(rollout_product(model, b, 0, 0.5, true), j,
                                      [&](auto h, auto i) { return model.p(b, h, i); });
                });
}

TEST_P(PooledMethods, GenAttStartsAtTheProbe) {
  expect_scores(spec(), methods::genatt_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  return behind_probe(relevance(model, k, b, 0), j, [&](auto h, auto i) {
                    return std::max(0.0, model.p(b, h, i) * model.gp(k, b, h, i));
                  });
                });
}

TEST_P(PooledMethods, AttentionTimesGradientReadsTheProbe) {
  expect_scores(spec(), methods::attention_x_gradient_method(), {"layers=last"},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  return behind_probe(identity(), j,
                                      [&](auto h, auto i) { return model.p(b, h, i) * model.gp(k, b, h, i); });
                });
}

TEST_P(PooledMethods, OthersRefuse) {
  StreamModel model(spec());
  EXPECT_THROW((void)model.run(methods::gradcam_attention_method(), {}), Error);
  EXPECT_THROW((void)model.run(methods::attention_x_gradient_method(), {}), Error);
  EXPECT_THROW((void)model.run(methods::fullgrad_plus_method(), {}), Error);
}

INSTANTIATE_TEST_SUITE_P(Heads, PooledMethods, testing::Bool());

TEST(GenAtt, NegativeGradientsLeaveTheReadOutWeights) {
  StreamModelSpec spec{.weights = {0, 0.25, 0.25, 0.25, 0.25}};
  StreamModel model(spec);
  for (const anatomy::Block& block : model.stream.blocks) model.make_cotangent_negative(block.site.probabilities);
  const TensorD got = model.run(methods::genatt_method(), {});
  for (std::size_t i = 0; i < got.data.size(); ++i) EXPECT_EQ(got.data[i], spec.weights[i % kTokens]);
}

TEST(RowMethods, RefuseWithoutReadOut) {
  StreamModel model({.weights = {}});
  model.anatomy.missing.push_back({"read-out rows", "the output keeps one row per token", {"rollout"}});
  try {
    (void)model.run(methods::rollout_method(), {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("read-out rows: the output keeps one row per token"), std::string::npos);
  }
  EXPECT_THROW((void)model.run(methods::genatt_method(), {}), Error);
}

TEST(RowMethods, RefuseMergedTokens) {
  StreamModel model({});
  model.stream.merged = true;
  for (const methods::Method* method : {&methods::attention_method(), &methods::rollout_method(),
                                        &methods::genatt_method(), &methods::grad_sam_method()})
    EXPECT_THROW((void)model.run(*method, {}), Error) << method->name;
}

}  // namespace
}  // namespace pellucid::tests
