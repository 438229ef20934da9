#include <gtest/gtest.h>

#include <cmath>

#include <pellucid/error.hpp>

#include "methods/all.hpp"
#include "methods/settle.hpp"
#include "stream_model.hpp"

namespace pellucid::tests {
namespace {

using methods::Factor;
using methods::SamplingPlan;
using methods::Statistic;

std::optional<SamplingPlan> plan_of(const methods::Method& method, const std::vector<std::string>& given,
                                    std::int64_t steps = 0) {
  StreamModel model({});
  methods::ResolvedOptions options = methods::resolve_options(method.name, method.options, method.authors, given);
  methods::settle(method, model.graph, model.stream, options);
  graph::Builder build(model.graph);
  const methods::Context context(build, model.anatomy, model.stream, options, 1);
  std::optional<SamplingPlan> plan = method.plan(context, steps);
  if (plan) {
    EXPECT_EQ(method.wanted(context), std::vector<graph::ValueId>{plan->at});
  }
  return plan;
}

double sum_of_weights(const SamplingPlan& plan) {
  double sum = 0;
  for (const methods::SamplingPass& pass : plan.passes) sum += pass.weight;
  return sum;
}

TEST(IntegratedGradients, PlansTheQuadrature) {
  const SamplingPlan plan = *plan_of(methods::integrated_gradients_method(), {"n_steps=2"});
  ASSERT_EQ(plan.passes.size(), 2U);
  // the two Legendre nodes ±1/√3 moved to [0, 1]
  EXPECT_NEAR(plan.passes[0].alpha, 0.5 - 0.5 / std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(plan.passes[1].alpha, 0.5 + 0.5 / std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(plan.passes[0].weight, 0.5, 1e-15);
  EXPECT_EQ(plan.factor, Factor::kInputMinusBaseline);
  EXPECT_EQ(plan.groups, 1);
  EXPECT_EQ(plan.reduce, "sum");
  EXPECT_EQ(plan.baselines, "0");
  EXPECT_TRUE(plan.complete);
  EXPECT_FALSE(plan.automatic_steps);
  EXPECT_EQ(plan.passes[0].noise, -1);
}

TEST(IntegratedGradients, RefinesWhereAsked) {
  const SamplingPlan first = *plan_of(methods::integrated_gradients_method(), {"n_steps=auto"});
  EXPECT_TRUE(first.automatic_steps);
  EXPECT_EQ(first.passes.size(), 16U);
  EXPECT_EQ(plan_of(methods::integrated_gradients_method(), {"n_steps=auto"}, 64)->passes.size(), 64U);
}

TEST(IntegratedGradients, LeavesAdaptiveStepsOpen) {
  const SamplingPlan plan = *plan_of(methods::integrated_gradients_method(), {"n_steps=adaptive", "tolerance=0.002"});
  EXPECT_TRUE(plan.adaptive_steps);
  EXPECT_FALSE(plan.automatic_steps);
  EXPECT_TRUE(plan.passes.empty());
  EXPECT_EQ(plan.tolerance, 0.002);
  EXPECT_EQ(plan_of(methods::integrated_gradients_method(), {"n_steps=auto"})->tolerance, 0.01);
}

TEST(IntegratedGradients, AtAnImage) {
  const SamplingPlan plan = *plan_of(methods::integrated_gradients_method(),
                                     {"at=input", "input=image", "baselines=black", "method=riemann_trapezoid"});
  EXPECT_EQ(plan.reduce, "none");
  EXPECT_TRUE(plan.reduce_channels);
  EXPECT_EQ(plan.baselines, "black");
  EXPECT_NEAR(sum_of_weights(plan), 0.98, 1e-12);
}

TEST(SmoothGrad, AveragesSaliency) {
  const SamplingPlan plan = *plan_of(methods::smoothgrad_method(), {});
  ASSERT_EQ(plan.passes.size(), 25U);
  EXPECT_EQ(plan.groups, 25);
  for (std::int64_t i = 0; i < 25; ++i) {
    const methods::SamplingPass& pass = plan.passes[static_cast<std::size_t>(i)];
    EXPECT_EQ(pass.noise, i);
    EXPECT_EQ(pass.group, i);
    EXPECT_EQ(pass.alpha, 1);
    EXPECT_EQ(pass.weight, 1);
  }
  EXPECT_EQ(plan.factor, Factor::kOne);
  EXPECT_EQ(plan.statistic, Statistic::kMean);
  EXPECT_FALSE(plan.absolute);
  EXPECT_EQ(plan.noise_level, 0.1);
  EXPECT_FALSE(plan.stdevs.has_value());
  EXPECT_EQ(plan.noise_file, "");
}

TEST(SmoothGrad, KnowsItsVariants) {
  const methods::Method& method = methods::smoothgrad_method();
  EXPECT_EQ(plan_of(method, {"nt_type=smoothgrad_sq"})->statistic, Statistic::kMeanOfSquares);
  EXPECT_EQ(plan_of(method, {"nt_type=vargrad"})->statistic, Statistic::kVariance);
  EXPECT_EQ(plan_of(method, {"stdevs=0.3"})->stdevs, 0.3);
  EXPECT_EQ(plan_of(method, {"noise_file=z.safetensors"})->noise_file, "z.safetensors");
  EXPECT_EQ(plan_of(method, {"base=input-x-gradient"})->factor, Factor::kPoint);
  const SamplingPlan path = *plan_of(method, {"base=integrated-gradients", "nt_samples=3"});
  EXPECT_EQ(path.passes.size(), 150U);
  EXPECT_EQ(path.factor, Factor::kInputMinusBaseline);
  EXPECT_TRUE(path.passes[60].noise_inside);
  EXPECT_EQ(path.passes[60].noise, 1);
  EXPECT_EQ(path.passes[60].group, 1);
  EXPECT_NEAR(sum_of_weights(path), 3, 1e-12);
}

TEST(Cdam, PlansNothingForOnePass) { EXPECT_FALSE(plan_of(methods::cdam_method(), {}).has_value()); }

TEST(Cdam, SmoothMultipliesWithTheNoisyTensor) {
  const SamplingPlan plan = *plan_of(methods::cdam_method(), {"mode=smooth", "nt_samples=4"});
  EXPECT_EQ(plan.passes.size(), 4U);
  EXPECT_EQ(plan.groups, 4);
  EXPECT_EQ(plan.factor, Factor::kPoint);
  EXPECT_EQ(plan.noise_level, 0.05);
  EXPECT_EQ(plan.passes[3].noise, 3);
  EXPECT_FALSE(plan.passes[3].noise_inside);
}

TEST(Cdam, IntegratesFromZero) {
  const SamplingPlan plan = *plan_of(methods::cdam_method(), {"mode=integrated", "n_steps=16", "noise_level=0"});
  EXPECT_EQ(plan.passes.size(), 16U);
  EXPECT_EQ(plan.groups, 1);
  EXPECT_EQ(plan.factor, Factor::kInputMinusBaseline);
  EXPECT_EQ(plan.passes[0].noise, -1);
  EXPECT_TRUE(plan.complete);
}

TEST(Cdam, TheAuthorsLoop) {
  const SamplingPlan plan =
      *plan_of(methods::cdam_method(), {"mode=integrated", "n_steps=8", "profile=authors", "noise_level=0.05"});
  ASSERT_EQ(plan.passes.size(), 9U);
  EXPECT_EQ(plan.passes[0].alpha, 0);
  EXPECT_EQ(plan.passes[8].alpha, 1);
  EXPECT_NEAR(plan.passes[8].weight, 1.0 / 9, 1e-15);
  EXPECT_EQ(plan.passes[8].noise, 8);
  EXPECT_EQ(plan.factor, Factor::kPoint);
  EXPECT_FALSE(plan.complete);
}

TEST(Cdam, RefinesOnlyWhatAddsUp) {
  EXPECT_THROW((void)plan_of(methods::cdam_method(), {"mode=integrated", "n_steps=auto"}), Error);
  EXPECT_TRUE(plan_of(methods::cdam_method(), {"mode=integrated", "n_steps=auto", "noise_level=0"})->automatic_steps);
}

}  // namespace
}  // namespace pellucid::tests
