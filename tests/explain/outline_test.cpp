#include <gtest/gtest.h>

#include <cctype>
#include <stdexcept>

#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "support/fixtures.hpp"

namespace pellucid {
namespace {

Model open_model(const RunOptions& options = {}) { return Model::open(tests::carried("vit-micro"), options); }

Request request_for(const std::string& method, const std::vector<std::string>& options) {
  Request request;
  request.method = method;
  request.options = options;
  request.top = 2;
  request.inputs = read_safetensors(tests::carried("vit-micro") / "inputs.safetensors");
  return request;
}

struct Asked {
  std::string method;
  std::vector<std::string> options;
};

std::string name_of(const testing::TestParamInfo<Asked>& info) {
  std::string name = info.param.method;
  for (const std::string& option : info.param.options) name += "_" + option;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

/// For messages of a test that fails.
void PrintTo(const Asked& asked, std::ostream* out) { *out << asked.method; }

class Outline : public testing::TestWithParam<Asked> {};

// What is told before the run is what comes of it.
TEST_P(Outline, HasTheFormOfTheExplanation) {
  Request request = request_for(GetParam().method, GetParam().options);
  int calls = 0;
  Explanation outline;
  request.before_run = [&](const Explanation& told) {
    outline = told;
    ++calls;
  };
  const Explanation explanation = open_model().explain(request);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(outline.scores.shape(), explanation.scores.shape());
  EXPECT_EQ(outline.token_scores.shape(), explanation.token_scores.shape());
  EXPECT_EQ(outline.targets.size(), explanation.targets.size());
  for (std::size_t i = 0; i < outline.targets.size(); ++i)
    EXPECT_EQ(outline.targets[i].samples.size(), explanation.targets[i].samples.size());
  EXPECT_EQ(outline.layout.rows, explanation.layout.rows);
  EXPECT_EQ(outline.target_free, explanation.target_free);
}

INSTANTIATE_TEST_SUITE_P(Forms, Outline,
                         testing::Values(Asked{"attcat", {}}, Asked{"rollout", {}}, Asked{"attention", {"layers=all"}},
                                         Asked{"saliency", {"at=input"}}, Asked{"saliency", {"reduce=none"}},
                                         Asked{"smoothgrad", {"nt_samples=2"}},
                                         Asked{"smoothgrad", {"nt_samples=2", "at=input", "reduce=max"}},
                                         Asked{"integrated-gradients", {"n_steps=2", "at=input"}},
                                         Asked{"integrated-gradients", {"n_steps=2", "reduce=none"}}),
                         name_of);

TEST(BeforeRun, EndsTheWorkBeforeItBegins) {
  bool began = false;
  RunOptions options;
  options.progress = [&](const Progress&) { began = true; };
  Request request = request_for("smoothgrad", {"nt_samples=2"});
  request.before_run = [](const Explanation&) { throw std::runtime_error("no"); };
  EXPECT_THROW(static_cast<void>(open_model(options).explain(request)), std::runtime_error);
  EXPECT_FALSE(began);
}

}  // namespace
}  // namespace pellucid
