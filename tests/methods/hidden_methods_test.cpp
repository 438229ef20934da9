#include <gtest/gtest.h>

#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

/// Σ_d h_l ⊙ ∂y/∂h_l at one token.
double hidden_share(const StreamModel& model, std::int64_t l, std::int64_t k, std::int64_t b, std::int64_t j) {
  double sum = 0;
  for (std::int64_t d = 0; d < kWidth; ++d) sum += model.h(l, b, j, d) * model.gh(l, k, b, j, d);
  return sum;
}

double received(const StreamModel& model, std::int64_t l, std::int64_t b, std::int64_t j) {
  double sum = 0;
  for (std::int64_t h = 0; h < kHeads; ++h)
    for (std::int64_t i = 0; i < kTokens; ++i) sum += model.a(l, b, h, i, j);
  return sum / (kHeads * kTokens);
}

class HiddenMethods : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static StreamModelSpec spec() { return {.heads_folded = GetParam()}; }
};

TEST_P(HiddenMethods, AttCat) {
  expect_scores(spec(), methods::attcat_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t l = 0; l < kBlocks; ++l)
                    score += received(model, l, b, j) * hidden_share(model, l, k, b, j);
                  return score;
                });
}

TEST_P(HiddenMethods, AttCatOfOutputsKeepsTheBlocksAttention) {
  expect_scores(spec(), methods::attcat_method(), {"hidden=output"},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t l = 0; l + 1 < kBlocks; ++l)
                    score += received(model, l, b, j) * hidden_share(model, l + 1, k, b, j);
                  return score;
                });
}

TEST_P(HiddenMethods, Cat) {
  for (const bool output : {false, true})
    expect_scores(spec(), methods::cat_method(), {output ? "hidden=output" : "hidden=input"},
                  [&](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                    double score = 0;
                    for (std::int64_t l = output ? 1 : 0; l < kBlocks; ++l) score += hidden_share(model, l, k, b, j);
                    return score;
                  });
}

TEST_P(HiddenMethods, LayerSaliencyIsOneBlocksHiddenStateTimesGradient) {
  for (const auto& [option, block] : {std::pair{"layer=-2", kBlocks - 2}, std::pair{"layer=0", std::int64_t{0}}})
    expect_scores(spec(), methods::layer_saliency_method(), {option},
                  [l = block + 1](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                    return hidden_share(model, l, k, b, j);
                  });
}

/// What Contrast-CAT needs to be read out on a model of pictures.
const std::vector<std::string> kContrast{"references=r.json", "mask_special=false", "token_types=given"};

TEST_P(HiddenMethods, ContrastCatWithoutAReferenceIsAttCat) {
  expect_scores(spec(), methods::contrast_cat_method(), kContrast,
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t l = 0; l < kBlocks; ++l)
                    score += received(model, l, b, j) * hidden_share(model, l, k, b, j);
                  return score;
                });
}

TEST_P(HiddenMethods, ContrastCatWeighsReferencesByGradientAndReceivedAttention) {
  methods::Method weights = methods::contrast_cat_method();
  weights.read_out = weights.contrast_weights;
  StreamModel model(spec());
  const StreamModel fresh(spec());
  const TensorD got = model.run(weights, kContrast);
  TensorD want = filled({kTargets, kBatch, kTokens, kBlocks * kWidth}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    const std::int64_t l = at[3] / kWidth, d = at[3] % kWidth;
    element(want, at) = received(fresh, l, at[1], at[2]) * fresh.gh(l, at[0], at[1], at[2], d);
  });
  expect_same(got, want);
}

INSTANTIATE_TEST_SUITE_P(Heads, HiddenMethods, testing::Bool());

TEST(Cdam, ReadsTheLastAttentionsInput) {
  StreamModel model({});
  const graph::ValueId at = model.stream.blocks.back().attention_input;
  expect_scores({}, methods::cdam_method(), {},
                [&](const StreamModel& fresh, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t d = 0; d < kWidth; ++d)
                    score += element(fresh.value(at), {b, j, d}) * element(fresh.cotangent(at), {k, b, j, d});
                  return score;
                });
}

TEST(HiddenStates, OneBlockHasNoOutputBeforeTheLast) {
  StreamModel model({});
  model.stream.blocks.resize(1);
  EXPECT_THROW((void)model.run(methods::cat_method(), {"hidden=output"}), Error);
}

TEST(LinearMethods, AContrastIsTheDifference) {
  const std::vector<const methods::Method*> linear{&methods::attcat_method(), &methods::attention_x_gradient_method(),
                                                   &methods::cat_method(), &methods::cdam_method(),
                                                   &methods::input_x_gradient_method()};
  for (const methods::Method* method : linear) {
    StreamModel model({});
    const TensorD scores = model.run(*method, {});
    const std::size_t one = scores.data.size() / kTargets;
    for (std::size_t i = 0; i < one; ++i)
      EXPECT_NEAR(scores.data[2 * one + i], scores.data[i] - scores.data[one + i], 1e-12) << method->name;
  }
}

}  // namespace
}  // namespace pellucid::tests
