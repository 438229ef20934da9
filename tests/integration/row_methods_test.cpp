/// Methods that read rows of attention, on text models whose rows depend on the padding, the target or a decoder.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/safetensors.hpp"
#include "integration/fixture_cases.hpp"
#include "support/fixtures.hpp"
#include "support/models.hpp"

namespace pellucid::tests {
namespace {

constexpr std::array kRowMethods{"attention", "attention-x-gradient", "genatt", "gradcam-attention", "rollout"};

/// A class of a decoder's first position by its indices; "" for what can't be written so.
std::string element_of(const std::string& target) {
  const std::string kind = "logit:";
  return target.starts_with(kind) ? "output:logits[0," + target.substr(kind.size()) + "]" : "";
}

/// The row methods' cases of a folder, their classes named by elements where `by_element` is set.
std::vector<CaseGroup> cases_of(const std::filesystem::path& folder, bool by_element) {
  std::vector<CaseGroup> kept;
  for (CaseGroup& group : read_cases(folder, "gradient")) {
    if (std::find(kRowMethods.begin(), kRowMethods.end(), group.method) == kRowMethods.end()) continue;
    for (Case& one : group.cases) one.target = by_element ? element_of(one.target) : one.target;
    std::erase_if(group.cases, [](const Case& one) { return one.target.empty(); });
    if (!group.cases.empty()) kept.push_back(std::move(group));
  }
  return kept;
}

class RowMethods : public testing::TestWithParam<std::string> {};

TEST_P(RowMethods, EveryCaseHolds) {
  const auto root = fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  const auto folder = *root / "fixtures" / GetParam();
  const TensorMap inputs = read_safetensors(folder / "inputs.safetensors");
  const TensorMap expected = read_safetensors(folder / "expected.safetensors");
  RunOptions options;
  options.use_cache = false;
  Model model = Model::open(folder / "model.onnx", options);
  std::vector<std::string> faults;
  std::size_t cases = 0;
  for (const bool by_element : {false, true}) {
    if (by_element && !GetParam().starts_with("matrix/t5")) continue;
    for (const CaseGroup& group : cases_of(folder, by_element)) {
      run_group(model, group, inputs, expected, faults);
      cases += group.cases.size();
    }
  }
  EXPECT_GE(cases, 4U);
  std::string list;
  for (const std::string& fault : faults) list += "  " + fault + "\n";
  EXPECT_TRUE(faults.empty()) << faults.size() << " of " << cases << " cases do not hold:\n" << list;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, RowMethods,
                         testing::Values("bert-micro-qa", "bert-micro-token", "matrix/gpt2-classifier__dynamo18-sdpa",
                                         "matrix/gpt2-classifier__ts17-eager", "matrix/modernbert__dynamo18-sdpa",
                                         "matrix/modernbert__ts17-eager", "matrix/t5__dynamo18-sdpa",
                                         "matrix/t5__ts17-eager"),
                         test_name);

/// A span's two tokens in one sum weigh half each, and every target has rows of its own.
TEST(RowMethods, TargetsThatIndexSeveralTokens) {
  const auto root = fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  const auto folder = *root / "fixtures/bert-micro-qa";
  Model model = Model::open(folder / "model.onnx", {});
  Request request;
  request.method = "attention";
  request.inputs = read_safetensors(folder / "inputs.safetensors");
  request.targets = {"output:start_logits[6]", "output:end_logits[7]", "output:start_logits[6]+output:end_logits[7]"};
  const Tensor scores = model.explain(request).token_scores;
  const std::vector<double> all = scores.to_doubles();
  const std::size_t each = all.size() / 3;
  double apart = 0;
  for (std::size_t i = 0; i < each; ++i) {
    EXPECT_NEAR(all[2 * each + i], (all[i] + all[each + i]) / 2, 1e-6);
    apart = std::max(apart, std::abs(all[i] - all[each + i]));
  }
  EXPECT_GT(apart, 1e-3);
}

}  // namespace
}  // namespace pellucid::tests
