#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "methods/settle.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

double fold(const std::vector<double>& values, const std::string& reduce) {
  double result = reduce == "max" ? values[0] : 0;
  for (const double value : values) {
    if (reduce == "max") result = std::max(result, value);
    if (reduce == "sum") result += value;
    if (reduce == "l2") result += value * value;
  }
  return reduce == "l2" ? std::sqrt(result) : result;
}

class Folding : public testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  [[nodiscard]] static std::string reduce() { return std::get<0>(GetParam()); }
  [[nodiscard]] static bool absolute() { return std::get<1>(GetParam()); }
  [[nodiscard]] static std::vector<std::string> options(const std::string& at) {
    return {"at=" + at, "reduce=" + reduce(), absolute() ? "abs=true" : "abs=false"};
  }
  [[nodiscard]] static double part(double value) { return absolute() ? std::abs(value) : value; }
};

TEST_P(Folding, SaliencyAtTokensFoldsTheWidth) {
  expect_scores({}, methods::saliency_method(), options("tokens"),
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  std::vector<double> values;
                  for (std::int64_t d = 0; d < kWidth; ++d) values.push_back(part(model.gh(0, k, b, j, d)));
                  return fold(values, reduce());
                });
}

TEST_P(Folding, SaliencyAtAnImageFoldsTheChannels) {
  StreamModel model({});
  const TensorD got = model.run(methods::saliency_method(), with_image(options("input")));
  TensorD want = filled({kTargets, kBatch, 2, 3}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    std::vector<double> values;
    for (std::int64_t c = 0; c < 2; ++c)
      values.push_back(part(element(model.cotangent(model.image), {at[0], at[1], c, at[2], at[3]})));
    element(want, at) = fold(values, reduce());
  });
  expect_same(got, want);
}

INSTANTIATE_TEST_SUITE_P(Ways, Folding, testing::Combine(testing::Values("sum", "l2", "max"), testing::Bool()));

TEST(Saliency, AtAnInputIsUnreducedByDefault) {
  StreamModel model({});
  TensorD want = model.cotangent(model.image);
  for (double& value : want.data) value = std::abs(value);
  expect_same(model.run(methods::saliency_method(), with_image({"at=input"})), want);
}

TEST(InputTimesGradient, AtTokens) {
  expect_scores({}, methods::input_x_gradient_method(), {},
                [](const StreamModel& model, std::int64_t k, std::int64_t b, std::int64_t j) {
                  double score = 0;
                  for (std::int64_t d = 0; d < kWidth; ++d) score += model.h(0, b, j, d) * model.gh(0, k, b, j, d);
                  return score;
                });
}

TEST(InputTimesGradient, AtTokensUnreduced) {
  StreamModel model({});
  const TensorD got = model.run(methods::input_x_gradient_method(), {"reduce=none"});
  TensorD want = filled({kTargets, kBatch, kTokens, kWidth}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    element(want, at) = model.h(0, at[1], at[2], at[3]) * model.gh(0, at[0], at[1], at[2], at[3]);
  });
  expect_same(got, want);
}

TEST(InputTimesGradient, AtAnInput) {
  StreamModel model({});
  const TensorD got = model.run(methods::input_x_gradient_method(), with_image({"at=input", "reduce=sum"}));
  TensorD want = filled({kTargets, kBatch, 2, 3}, 0);
  for_each_index(want.shape, [&](const Shape& at) {
    for (std::int64_t c = 0; c < 2; ++c)
      element(want, at) += element(model.value(model.image), {at[1], c, at[2], at[3]}) *
                           element(model.cotangent(model.image), {at[0], at[1], c, at[2], at[3]});
  });
  expect_same(got, want);
}

TEST(SignedScores, FollowTheOptions) {
  const auto is_signed = [](const methods::Method& method, const std::vector<std::string>& given) {
    return methods::gives_signed_scores(method, methods::resolve_options("it", method.options, method.authors, given));
  };
  EXPECT_FALSE(is_signed(methods::saliency_method(), {}));
  EXPECT_TRUE(is_signed(methods::saliency_method(), {"abs=false"}));
  EXPECT_FALSE(is_signed(methods::saliency_method(), {"abs=false", "reduce=l2"}));
  EXPECT_TRUE(is_signed(methods::smoothgrad_method(), {}));
  EXPECT_FALSE(is_signed(methods::smoothgrad_method(), {"nt_type=vargrad"}));
  EXPECT_TRUE(is_signed(methods::attcat_method(), {}));
  EXPECT_FALSE(is_signed(methods::genatt_method(), {}));
}

}  // namespace
}  // namespace pellucid::tests
