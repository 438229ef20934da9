/// Steps of integrated gradients that follow the gradient, on a whole model.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <pellucid/error.hpp>
#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "explain/rows.hpp"
#include "support/fixtures.hpp"

namespace pellucid {
namespace {

class AdaptiveSteps : public testing::Test {
 protected:
  [[nodiscard]] Request request(const std::vector<std::string>& options) const {
    Request made;
    made.method = "integrated-gradients";
    made.options = options;
    made.targets = {"logit:1", "contrast:0,2"};
    made.inputs = inputs_;
    return made;
  }
  Explanation explain(const std::vector<std::string>& options) { return model_.explain(request(options)); }

  /// Batch 1, its sample `b`.
  Explanation explain_alone(const std::vector<std::string>& options, std::int64_t b) {
    Request alone = request(options);
    for (auto& [name, tensor] : alone.inputs) tensor = explain::cut(tensor, 0, b, 1);
    return model_.explain(alone);
  }

  static const Gap& gap(const Explanation& explanation, const std::string& name) {
    const auto& gaps = explanation.certificate.gaps;
    const auto at = std::find_if(gaps.begin(), gaps.end(), [&](const Gap& one) { return one.name == name; });
    EXPECT_NE(at, gaps.end()) << name;
    return *at;
  }

  void expect_refused(const Request& asked, ErrorCode code, const std::string& part) {
    try {
      (void)model_.explain(asked);
      ADD_FAILURE() << "no error: " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }

  static double difference(const Tensor& a, const Tensor& b) {
    const std::vector<double> x = a.to_doubles(), y = b.to_doubles();
    EXPECT_EQ(x.size(), y.size());
    double most = 0, size = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      most = std::max(most, std::abs(x[i] - y[i]));
      size = std::max(size, std::abs(y[i]));
    }
    EXPECT_GT(size, 0);
    return most / size;
  }

  const TensorMap inputs_ = read_safetensors(tests::carried("vit-micro") / "inputs.safetensors");
  Model model_ = Model::open(tests::carried("vit-micro"));
};

TEST_F(AdaptiveSteps, ReachTheToleranceAndTheIntegral) {
  const Explanation many = explain({"at=input", "n_steps=400"});
  for (const auto& [tolerance, near] : {std::pair{"tolerance=0.01", 2e-2}, std::pair{"tolerance=0.0001", 1e-3}}) {
    Request asked = request({"at=input", tolerance});
    asked.precision = "float64";
    const Explanation chosen = model_.explain(asked);
    const double allowed = std::stod(std::string(tolerance).substr(10));
    EXPECT_LE(difference(chosen.token_scores, many.token_scores), near);
    EXPECT_LT(chosen.certificate.backward_passes, 400);
    EXPECT_TRUE(chosen.certificate.notes.empty());
    const Gap &whole = gap(chosen, "completeness"), &bound = gap(chosen, "steps");
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t b = 0; b < bound.relative[k].size(); ++b) {
        EXPECT_LE(bound.relative[k][b], allowed);
        EXPECT_LE(whole.relative[k][b], bound.relative[k][b] + 1e-6);
      }
  }
}

// One contrast changes by 0.02, while its two logits round at 1e-7 of their size: no steps tell it to 1 in 10 000.
TEST_F(AdaptiveSteps, EndWhereRoundingIsAllThatIsLeft) {
  const Explanation chosen = explain({"at=input", "tolerance=0.0001"});
  EXPECT_LT(chosen.certificate.backward_passes, 300);
  ASSERT_EQ(chosen.certificate.notes.size(), 1U);
  EXPECT_NE(chosen.certificate.notes[0].find("before its tolerance of 0.01 % for 1 of 4"), std::string::npos)
      << chosen.certificate.notes[0];
}

// Each by itself: the intervals of a sample and target are those that it has alone.
TEST_F(AdaptiveSteps, OfABatchAreThoseOfItsSamples) {
  const std::vector<std::string> options{"at=input", "tolerance=0.001"};
  const Explanation whole = explain(options);
  const std::int64_t batch = inputs_.begin()->second.shape()[0];
  ASSERT_GT(batch, 1);
  for (std::int64_t b = 0; b < batch; ++b) {
    const Explanation alone = explain_alone(options, b);
    EXPECT_LE(difference(explain::cut(whole.token_scores, 1, b, 1), alone.token_scores), 1e-5) << b;
    for (std::size_t k = 0; k < 2; ++k) {
      const std::string target = "target " + std::to_string(k);
      std::vector<std::string> in_batch, of_its_own;
      for (const GapAt& at : gap(whole, "steps").along)
        if (at.place.starts_with(target + ", sample " + std::to_string(b) + ":"))
          in_batch.push_back(at.place.substr(at.place.find(':')));
      for (const GapAt& at : gap(alone, "steps").along)
        if (at.place.starts_with(target)) of_its_own.push_back(at.place.substr(at.place.find(':')));
      EXPECT_EQ(in_batch, of_its_own);
      EXPECT_FALSE(in_batch.empty());
    }
  }
}

TEST_F(AdaptiveSteps, DoNotDependOnTheChunks) {
  const Explanation one = explain({"n_steps=adaptive", "at=input", "internal_batch_size=1"}),
                    many = explain({"n_steps=adaptive", "at=input", "internal_batch_size=16"});
  EXPECT_LE(difference(one.token_scores, many.token_scores), 1e-6);
  EXPECT_EQ(one.certificate.backward_passes, many.certificate.backward_passes);
}

TEST_F(AdaptiveSteps, CountTheirPasses) {
  Request one = request({"n_steps=adaptive", "at=input"});
  one.targets = {"logit:1"};
  one.inputs.begin()->second = explain::cut(one.inputs.begin()->second, 0, 0, 1);
  const Explanation explanation = model_.explain(one);
  const auto& along = gap(explanation, "steps").along;
  EXPECT_EQ(explanation.certificate.backward_passes, 4 * std::ssize(along) + 1);
  double sum = 0;
  for (const GapAt& at : along) sum += at.relative;
  EXPECT_NEAR(sum, gap(explanation, "steps").relative[0][0], 1e-12);
}

TEST_F(AdaptiveSteps, OfTheTopClassesAreThoseOfTheClasses) {
  Request top = request({"n_steps=adaptive", "at=input"});
  top.targets.clear();
  top.top = 2;
  for (auto& [name, tensor] : top.inputs) tensor = explain::cut(tensor, 0, 0, 1);
  const Explanation found = model_.explain(top);
  Request named = top;
  for (const TargetRecord& target : found.targets)
    named.targets.push_back("logit:" + std::to_string(*target.samples[0].class_index));
  EXPECT_LE(difference(found.token_scores, model_.explain(named).token_scores), 1e-6);
}

TEST_F(AdaptiveSteps, SayThatZeroTokensMakeTheModelJump) {
  const Explanation zero = explain({"n_steps=adaptive"});
  const Explanation counted = explain({"n_steps=50"});
  EXPECT_FALSE(gap(counted, "completeness").promised);
  EXPECT_NE(counted.certificate.notes.back().find("baselines=0, mean, blur or black"), std::string::npos);
  EXPECT_TRUE(gap(zero, "completeness").promised);
  for (const auto& row : gap(zero, "completeness").relative)
    for (const double relative : row) EXPECT_LE(relative, 0.01);
  std::string notes;
  for (const std::string& note : zero.certificate.notes) notes += note + "\n";
  EXPECT_NE(notes.find("baselines=0, mean, blur or black"), std::string::npos) << notes;
  EXPECT_NE(notes.find("arises in the first 1/64 of the path"), std::string::npos) << notes;
  EXPECT_TRUE(gap(explain({"n_steps=adaptive", "at=input", "baselines=blur"}), "completeness").promised);
}

TEST_F(AdaptiveSteps, AreRefusedWhereTheyMeanNothing) {
  expect_refused(request({"n_steps=50", "tolerance=0.01"}), ErrorCode::kUsage, "n_steps=50 is a fixed number");
  expect_refused(request({"n_steps=adaptive", "method=riemann_left"}), ErrorCode::kUsage, "nodes of its own");
  Request libra = request({"n_steps=adaptive"});
  libra.rules = "libra";
  expect_refused(libra, ErrorCode::kUsage, "under the rule set 'libra'");
  try {
    (void)model_.compile(request({"n_steps=adaptive"}), "p.data");
    ADD_FAILURE() << "compiled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("depends on the input"), std::string::npos) << error.what();
  }
}

TEST_F(AdaptiveSteps, ToleranceHoldsForDoubledStepsToo) {
  const Explanation loose = explain({"at=input", "n_steps=auto", "tolerance=0.5"}),
                    tight = explain({"at=input", "n_steps=auto", "tolerance=0.00001"});
  EXPECT_LT(loose.certificate.backward_passes, tight.certificate.backward_passes);
}

}  // namespace
}  // namespace pellucid
