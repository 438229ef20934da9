/// Methods that read an encoder through a decoder's cross attention, as plain loops over full matrices.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix zeros(std::int64_t rows, std::int64_t columns) {
  return Matrix(static_cast<std::size_t>(rows), std::vector<double>(static_cast<std::size_t>(columns), 0));
}

Matrix identity(std::int64_t size) {
  Matrix result = zeros(size, size);
  for (std::size_t i = 0; i < result.size(); ++i) result[i][i] = 1;
  return result;
}

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix result(a.size(), std::vector<double>(b[0].size(), 0));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b[0].size(); ++j)
      for (std::size_t m = 0; m < b.size(); ++m) result[i][j] += a[i][m] * b[m][j];
  return result;
}

Matrix plus(Matrix a, const Matrix& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a[i].size(); ++j) a[i][j] += b[i][j];
  return a;
}

Matrix transposed(const Matrix& a) {
  Matrix result(a[0].size(), std::vector<double>(a.size(), 0));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a[i].size(); ++j) result[j][i] = a[i][j];
  return result;
}

/// (R − I) with its rows divided by their sums, a row of zeros left alone, plus I.
Matrix normalised(Matrix r) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    r[i][i] -= 1;
    double sum = 0;
    for (const double value : r[i]) sum += value;
    for (double& value : r[i]) value = sum == 0 ? 0 : value / sum;
    r[i][i] += 1;
  }
  return r;
}

/// f(A, ∂y/∂A) averaged over the heads of a site: queries × keys.
template <class F>
Matrix head_mean(const StreamModel& model, const anatomy::AttentionSite& site, std::int64_t k, std::int64_t b,
                 const F& f) {
  const std::vector<double>&a = model.value(site.probabilities).data, &g = model.cotangent(site.probabilities).data;
  Matrix result = zeros(site.queries, site.keys);
  for (std::int64_t h = 0; h < kHeads; ++h)
    for (std::int64_t i = 0; i < site.queries; ++i)
      for (std::int64_t j = 0; j < site.keys; ++j) {
        const std::int64_t at = ((b * kHeads + h) * site.queries + i) * site.keys + j;
        const std::int64_t whole = kBatch * kHeads * site.queries * site.keys;
        result[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] +=
            f(a[static_cast<std::size_t>(at)], g[static_cast<std::size_t>(k * whole + at)]) / kHeads;
      }
  return result;
}

double clamped(double a, double g) { return std::max(0.0, a * g); }

/// R_de by the paper's recursion.
Matrix relevance(const StreamModel& model, std::int64_t k, std::int64_t b, std::size_t start) {
  Matrix ee = identity(kTokens), dd = identity(kPositions), de = zeros(kPositions, kTokens);
  for (std::size_t l = start; l < model.stream.blocks.size(); ++l)
    ee = plus(ee, times(head_mean(model, model.stream.blocks[l].site, k, b, clamped), ee));
  for (const anatomy::AttentionSite& site : model.stream.decoder->sites) {
    const Matrix c = head_mean(model, site, k, b, clamped);
    if (site.self) {
      const Matrix next = plus(de, times(c, de));
      dd = plus(dd, times(c, dd));
      de = next;
    } else {
      de = plus(de, times(times(transposed(normalised(dd)), c), normalised(ee)));
    }
  }
  return de;
}

double row(const StreamModel& model, const Matrix& matrix, std::int64_t k, std::int64_t b, std::int64_t j) {
  double sum = 0;
  for (std::int64_t i = 0; i < kPositions; ++i)
    sum += model.w(k, b, i) * matrix[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return sum;
}

std::vector<anatomy::AttentionSite> cross(const StreamModel& model) {
  return {model.stream.decoder->sites[1], model.stream.decoder->sites[3]};
}

class DecoderMethods : public testing::TestWithParam<StreamModelSpec> {};

TEST_P(DecoderMethods, GenAttIsTheExplainedPositionsRow) {
  for (const std::size_t start : {0U, 1U})
    expect_scores(GetParam(), methods::genatt_method(), {"start_layer=" + std::to_string(start)},
                  [&](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                    return row(model, relevance(model, k, b, start), k, b, j);
                  });
}

TEST_P(DecoderMethods, AttentionReadsTheLastCrossAttention) {
  expect_scores(GetParam(), methods::attention_method(), {"sites=cross"},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  const auto plain = [](double a, double) { return a; };
                  return row(model, head_mean(model, cross(model)[1], k, b, plain), k, b, j);
                });
}

TEST_P(DecoderMethods, AttentionGivesEveryCrossMap) {
  StreamModel model(GetParam());
  const TensorD got = model.run(methods::attention_method(), {"sites=cross", "layers=all"});
  TensorD want = filled({kTargets, kBatch, 2, kPositions, kTokens}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    const Matrix map = head_mean(model, cross(model)[static_cast<std::size_t>(at[2])], at[0], at[1],
                                 [](double a, double) { return a; });
    element(want, at) = map[static_cast<std::size_t>(at[3])][static_cast<std::size_t>(at[4])];
  });
  expect_same(got, want);
}

TEST_P(DecoderMethods, AttentionTimesGradientSumsTheCrossAttention) {
  for (const bool last : {false, true})
    expect_scores(GetParam(), methods::attention_x_gradient_method(),
                  {"sites=cross", last ? "layers=last" : "layers=all"},
                  [&](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                    const auto product = [](double a, double g) { return a * g; };
                    double sum = row(model, head_mean(model, cross(model)[1], k, b, product), k, b, j);
                    if (!last) sum += row(model, head_mean(model, cross(model)[0], k, b, product), k, b, j);
                    return sum;
                  });
}

INSTANTIATE_TEST_SUITE_P(Rows, DecoderMethods,
                         testing::Values(StreamModelSpec{.decoder = true},
                                         StreamModelSpec{.heads_folded = true, .decoder = true},
                                         StreamModelSpec{.by_token = true, .decoder = true}));

// A token that no positive attention reaches has a row of R − I that is 0: it stays 0 instead of 0/0.
TEST(DecoderMethods, RowsOfZerosStayZero) {
  StreamModel model({.decoder = true});
  for (const anatomy::Block& block : model.stream.blocks) model.make_cotangent_negative(block.site.probabilities);
  model.make_cotangent_negative(model.stream.decoder->sites[0].probabilities);
  const Matrix want = relevance(model, 0, 0, 0);
  const TensorD got = model.run(methods::genatt_method(), {});
  for (std::int64_t j = 0; j < kTokens; ++j) {
    EXPECT_TRUE(std::isfinite(got.data[static_cast<std::size_t>(j)]));
    EXPECT_NEAR(got.data[static_cast<std::size_t>(j)], want[2][static_cast<std::size_t>(j)], 1e-12);
  }
}

TEST(DecoderMethods, OthersRefuse) {
  StreamModel model({.decoder = true}), alone({});
  EXPECT_THROW((void)model.run(methods::rollout_method(), {}), Error);
  EXPECT_THROW((void)model.run(methods::attention_method(), {}), Error);
  EXPECT_THROW((void)alone.run(methods::attention_method(), {"sites=cross"}), Error);
}

}  // namespace
}  // namespace pellucid::tests
