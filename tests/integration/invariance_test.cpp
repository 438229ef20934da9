/// What must not change an explanation: the batch that a sample stands in, its place there, a second run.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/safetensors.hpp"
#include "integration/fixture_cases.hpp"
#include "support/fixtures.hpp"

namespace pellucid::tests {
namespace {

const char* const kMethods[] = {"attcat",           "cdam",    "genatt",        "integrated-gradients",
                                "input-x-gradient", "rollout", "fullgrad-plus", "grad-sam"};

class Invariance : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto folder = carried("vit-micro");
    RunOptions options;
    options.use_cache = false;
    model_ = std::make_unique<Model>(Model::open(folder, options));
    inputs_ = read_safetensors(folder / "inputs.safetensors");
    batch_ = inputs_.begin()->second.shape().at(0);
  }

  Explanation explain(const TensorMap& inputs) {
    Request request;
    request.method = GetParam();
    request.rules = "gradient";
    request.targets = {"logit:1", "contrast:0,2"};
    request.inputs = inputs;
    return model_->explain(request);
  }

  /// The sample `b` of target `k`.
  static std::vector<double> sample(const Explanation& explanation, std::int64_t k, std::int64_t b) {
    const Tensor& scores = explanation.token_scores;
    const std::int64_t batch = scores.shape().at(1), each = scores.size() / (scores.shape()[0] * batch);
    const std::vector<double> all = scores.to_doubles();
    const auto first = all.begin() + (k * batch + b) * each;
    return {first, first + each};
  }

  static void expect_same(const std::vector<double>& a, const std::vector<double>& b, const std::string& what) {
    ASSERT_EQ(a.size(), b.size()) << what;
    double size = 0, difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      size = std::max(size, std::abs(b[i]));
      difference = std::max(difference, std::abs(a[i] - b[i]));
    }
    EXPECT_GT(size, 0) << what;
    EXPECT_LE(difference, 1e-5 * size) << what;
  }

  std::unique_ptr<Model> model_;
  TensorMap inputs_;
  std::int64_t batch_ = 0;
};

TEST_P(Invariance, ABatchEqualsItsSamples) {
  ASSERT_GT(batch_, 1);
  const Explanation whole = explain(inputs_);
  for (std::int64_t b = 0; b < batch_; ++b) {
    const Explanation alone = explain(take_rows(inputs_, {b}));
    for (std::int64_t k = 0; k < 2; ++k)
      expect_same(sample(whole, k, b), sample(alone, k, 0), "sample " + std::to_string(b));
  }
}

TEST_P(Invariance, APermutedBatchGivesPermutedScores) {
  std::vector<std::int64_t> turned;
  for (std::int64_t b = 0; b < batch_; ++b) turned.push_back((b + 1) % batch_);
  const Explanation straight = explain(inputs_), permuted = explain(take_rows(inputs_, turned));
  for (std::int64_t b = 0; b < batch_; ++b) {
    expect_same(sample(permuted, 1, b), sample(straight, 1, turned[static_cast<std::size_t>(b)]),
                "sample " + std::to_string(b));
  }
}

TEST_P(Invariance, ASecondRunGivesTheSameBytes) {
  const Explanation first = explain(inputs_), second = explain(inputs_);
  for (const auto& [a, b] :
       {std::pair(first.token_scores, second.token_scores), std::pair(first.scores, second.scores)}) {
    ASSERT_EQ(a.shape(), b.shape());
    EXPECT_EQ(std::memcmp(a.data(), b.data(), a.bytes()), 0);
  }
}

std::string method_name(const testing::TestParamInfo<const char*>& tested) {
  std::string name = tested.param;
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Methods, Invariance, testing::ValuesIn(kMethods), method_name);

}  // namespace
}  // namespace pellucid::tests
