/// Methods that read rows of attention, where the rows are those of the tokens that a target indexes.

#include <gtest/gtest.h>

#include <cmath>

#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "support/fixtures.hpp"

namespace pellucid::tests {
namespace {

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
