#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <pellucid/error.hpp>
#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(PELLUCID_SOURCE_DIR) / "tests/data/vit-micro";
constexpr std::size_t kSide = 16, kPatch = 8, kPatches = 2;

class Compare : public testing::Test {
 protected:
  Compare() : model_(Model::open(kFolder, options())) {
    request_.inputs = read_safetensors(kFolder / "inputs.safetensors");
    request_.targets = {"logit:1", "contrast:0,2"};
  }

  [[nodiscard]] RunOptions options() const {
    RunOptions made;
    made.threads = 1;
    made.cache_folder = cache_.path();
    return made;
  }

  Explanation by(const std::string& method, std::vector<std::string> with = {}) {
    Request request = request_;
    request.method = method;
    request.options = std::move(with);
    return model_.explain(request);
  }

  /// The probability of class 1, and the difference of logits 0 and 2, without these patches.
  std::vector<double> answers_without(std::size_t sample, const std::vector<std::size_t>& patches) {
    std::vector<float> pixels;
    const auto all = request_.inputs.at("pixel_values").values<float>();
    for (std::size_t i = 0; i < 3 * kSide * kSide; ++i) {
      const std::size_t y = i / kSide % kSide, x = i % kSide, patch = y / kPatch * kPatches + x / kPatch;
      const bool gone = std::find(patches.begin(), patches.end(), patch) != patches.end();
      pixels.push_back(gone ? 0 : all[sample * 3 * kSide * kSide + i]);
    }
    const Prediction prediction = model_.predict({{"pixel_values", Tensor({1, 3, 16, 16}, pixels)}}, 4);
    const std::vector<double> logits = prediction.logits.to_doubles();
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit);
    return {std::exp(logits[1]) / sum, logits[0] - logits[2]};
  }

  /// Patches by decreasing score.
  static std::vector<std::size_t> order_of(const Explanation& explanation, std::size_t target, std::size_t sample) {
    constexpr std::size_t kCount = kPatches * kPatches;
    const std::vector<double> scores = explanation.scores.to_doubles();
    const double* mine = scores.data() + (target * 2 + sample) * kCount;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < kCount; ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [mine](std::size_t i, std::size_t j) { return mine[i] > mine[j]; });
    return order;
  }

  tests::ScratchFolder cache_;
  Model model_;
  Request request_;
};

TEST_F(Compare, CurvesAreThoseOfAPlainLoopOverTheUntouchedModel) {
  const std::vector<Explanation> explanations = {by("attcat"), by("rollout")};
  const Comparison made = model_.compare(request_, explanations, {.steps = 4, .random = 2});
  EXPECT_EQ(made.no_curves, "");
  EXPECT_EQ(made.replacement, "0");
  EXPECT_EQ(made.place, "patch");
  for (std::size_t b = 0; b < 2; ++b) {
    EXPECT_EQ(made.samples[b].removed, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
    // Both targets of two methods and two random orders, at three points that differ; the whole and the empty input.
    // Rollout's orders are the same for every target.
    EXPECT_LE(made.samples[b].forward_passes, 2 + 3 * (2 + 2 + 1));
    for (std::size_t k = 0; k < 2; ++k) {
      EXPECT_EQ(made.targets[k][b].probability, k == 0);
      for (std::size_t m = 0; m < 2; ++m) {
        const std::vector<std::size_t> order = order_of(explanations[m], k, b);
        for (std::size_t point = 0; point <= 4; ++point) {
          const std::vector<std::size_t> gone(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(point));
          EXPECT_NEAR(made.targets[k][b].curves[m].values[point], answers_without(b, gone)[k], 1e-5);
        }
      }
      EXPECT_NEAR(made.targets[k][b].random.values[0], answers_without(b, {})[k], 1e-5);
    }
  }
}

TEST_F(Compare, AgreementIsOfOneMethodWithItselfComplete) {
  const Comparison made = model_.compare(request_, {by("attcat"), by("rollout"), by("attcat")}, {.curves = false});
  for (const auto& of_target : made.targets)
    for (const ComparedTarget& one : of_target) {
      EXPECT_EQ(one.rank_correlation[0][2], 1);
      EXPECT_EQ(one.overlap[0][2], 1);
      EXPECT_EQ(one.rank_correlation[0][1], one.rank_correlation[1][0]);
      EXPECT_LT(*one.rank_correlation[0][1], 1);
      EXPECT_TRUE(one.curves.empty());
    }
  EXPECT_EQ(made.samples[0].places, 4);
  EXPECT_EQ(made.samples[0].strongest, 3);
  double sum = 0;
  for (const auto& of_target : made.targets)
    for (const ComparedTarget& one : of_target) sum += *one.rank_correlation[0][1];
  EXPECT_NEAR(*made.mean.rank_correlation[0][1], sum / 4, 1e-15);
  EXPECT_TRUE(made.mean.curves.empty());
}

TEST_F(Compare, PixelsAreComparedPatchByPatch) {
  const Comparison made = model_.compare(request_, {by("attcat"), by("saliency", {"at=input"})}, {.curves = false});
  EXPECT_EQ(made.compared, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(made.samples[0].places, 4);
}

TEST_F(Compare, WholeAttentionMapsAreLeftOut) {
  const Comparison made =
      model_.compare(request_, {by("attention", {"layers=all"}), by("attcat"), by("rollout")}, {.curves = false});
  EXPECT_EQ(made.compared, (std::vector<std::int64_t>{1, 2}));
  EXPECT_NE(made.left_out[0].find("not one for every place"), std::string::npos);
  EXPECT_EQ(made.left_out[1], "");
}

TEST_F(Compare, SameInputSameNumbers) {
  const std::vector<Explanation> explanations = {by("attcat"), by("rollout")};
  const Comparison a = model_.compare(request_, explanations), b = model_.compare(request_, explanations);
  EXPECT_EQ(a.targets[1][1].curves[0].values, b.targets[1][1].curves[0].values);
  EXPECT_EQ(a.targets[0][0].random.values, b.targets[0][0].random.values);
}

TEST_F(Compare, RefusesExplanationsOfOtherTargets) {
  const Explanation one = by("attcat");
  request_.targets = {"logit:2", "contrast:0,2"};
  const Explanation other = by("attcat");
  EXPECT_THROW((void)model_.compare(request_, {one, other}), Error);
  EXPECT_THROW((void)model_.compare(request_, {}), Error);
}

// Token ids of a model with a mask token (4); [CLS] is 2, [SEP] 3, [PAD] 0.
TEST(CompareTexts, CurvesAreThoseOfAPlainLoopOverIdsWithMasks) {
  const tests::ScratchFolder cache;
  RunOptions options;
  options.threads = 1;
  options.cache_folder = cache.path();
  Model model = Model::open(std::filesystem::path(PELLUCID_SOURCE_DIR) / "demo/sentiment-small", options);
  const std::vector<std::int64_t> ids{2, 50, 61, 72, 83, 3, 0}, mask{1, 1, 1, 1, 1, 1, 0};
  const auto fed = [&](const std::vector<std::int64_t>& row) {
    TensorMap inputs;
    for (const InputInfo& input : model.inputs())
      inputs[input.name] = Tensor({1, 7}, input.name == "input_ids"        ? row
                                          : input.name == "attention_mask" ? mask
                                                                           : std::vector<std::int64_t>(7, 0));
    return inputs;
  };
  Request request;
  request.method = "attcat";
  request.targets = {"logit:0"};
  request.inputs = fed(ids);
  const Explanation explanation = model.explain(request);
  const Comparison made = model.compare(request, {explanation});
  EXPECT_EQ(made.place, "token");
  EXPECT_EQ(made.replacement, "mask");
  ASSERT_EQ(made.no_curves, "");
  ASSERT_EQ(made.samples[0].removed, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
  const std::vector<double> scores = explanation.scores.to_doubles();
  std::vector<std::size_t> order{1, 2, 3, 4};
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return scores[i] > scores[j]; });
  std::vector<std::int64_t> row = ids;
  for (std::size_t point = 0; point <= 4; ++point) {
    if (point > 0) row[order[point - 1]] = 4;
    const std::vector<double> logits = model.predict(fed(row), 1).logits.to_doubles();
    const double expected = 1 / (1 + std::exp(logits[1] - logits[0]));
    EXPECT_NEAR(made.targets[0][0].curves[0].values[point], expected, 1e-5) << point;
  }
}

}  // namespace
}  // namespace pellucid
