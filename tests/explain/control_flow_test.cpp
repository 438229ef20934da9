#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include <pellucid/error.hpp>
#include <pellucid/model.hpp>

#include "base/safetensors.hpp"
#include "support/expect_error.hpp"
#include "support/fixtures.hpp"

namespace pellucid {
namespace {

Model open(const std::string& name) {
  RunOptions options;
  options.threads = 1;
  options.use_cache = false;
  return Model::open(tests::carried("control-flow") / (name + ".onnx"), options);
}

Request request_of(const std::string& method, const std::vector<std::string>& options = {}) {
  Request request;
  request.method = method;
  request.options = options;
  request.targets = {"logit:1", "prob:2"};
  request.inputs = read_safetensors(tests::carried("control-flow") / "inputs.safetensors");
  return request;
}

/// Largest difference over the largest element of `b`.
double difference(const Tensor& a, const Tensor& b) {
  const auto x = a.to_doubles(), y = b.to_doubles();
  if (a.shape() != b.shape()) return INFINITY;
  double apart = 0, size = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    apart = std::max(apart, std::abs(x[i] - y[i]));
    size = std::max(size, std::abs(y[i]));
  }
  return apart / size;
}

std::string test_name(const testing::TestParamInfo<std::string>& tested) {
  std::string name = tested.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Models whose course the input shapes decide; each has a twin without control flow.
class Decided : public testing::TestWithParam<std::string> {};

TEST_P(Decided, IsExplainedAsIfWrittenByHand) {
  Model model = open(GetParam()), twin = open(GetParam() + "-by-hand");
  for (const Request& request : {request_of("saliency", {"at=input"}), request_of("input-x-gradient", {"at=input"}),
                                 request_of("genatt"), request_of("occlusion")}) {
    const Explanation made = model.explain(request), due = twin.explain(request);
    EXPECT_LT(difference(made.token_scores, due.token_scores), 1e-5) << request.method;
    EXPECT_LT(difference(made.logits, model.predict(request.inputs, 1).logits), 1e-5) << request.method;
  }
}

TEST_P(Decided, HasTheDerivativesOfTheUntouchedModel) {
  Model model = open(GetParam());
  for (const Check& check : model.verify(request_of("saliency", {"at=input"})))
    EXPECT_TRUE(check.holds) << check.name << ": " << check.measured << " > " << check.bound;
}

INSTANTIATE_TEST_SUITE_P(ControlFlow, Decided,
                         testing::Values("branches", "by-tokens", "collected", "collected-opset11", "counted",
                                         "in-function", "listed", "nested", "scan", "scan-backwards", "split",
                                         "while-less"),
                         test_name);

/// Scores of a model as its own file gives them: one logit and one probability of a sample.
std::vector<double> untouched_scores(Model& model, const TensorMap& inputs) {
  const std::vector<double> logits = model.predict(inputs, 1).logits.to_doubles();
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit);
  return {logits.at(1), std::exp(logits.at(2)) / sum};
}

/// y(x) − y(x without a feature), for every target and feature in turn.
std::vector<double> losses(Model& model, const TensorMap& whole, const std::vector<TensorMap>& without) {
  const std::vector<double> full = untouched_scores(model, whole);
  std::vector<double> all(full.size() * without.size());
  for (std::size_t j = 0; j < without.size(); ++j) {
    const std::vector<double> rest = untouched_scores(model, without[j]);
    for (std::size_t k = 0; k < full.size(); ++k) all[k * without.size() + j] = full[k] - rest[k];
  }
  return all;
}

void expect_near(const Tensor& scores, const std::vector<double>& due) {
  const std::vector<double> made = scores.to_doubles();
  ASSERT_EQ(made.size(), due.size());
  double size = 0;
  for (std::size_t i = 0; i < due.size(); ++i) {
    EXPECT_NEAR(made[i], due[i], 1e-5) << i;
    size = std::max(size, std::abs(due[i]));
  }
  EXPECT_GT(size, 1e-2);
}

/// The same with one element of an input set to a value.
TensorMap with_element(TensorMap inputs, const std::string& name, std::size_t at, double value) {
  std::vector<double> values = inputs.at(name).to_doubles();
  values.at(at) = value;
  inputs[name] = Tensor(inputs.at(name).shape(), values).cast(inputs.at(name).type());
  return inputs;
}

/// Models whose course depends on what the input holds.
class Undecided : public testing::TestWithParam<std::string> {};

TEST_P(Undecided, LosesWithEveryElementWhatTheUntouchedModelLoses) {
  Model model = open(GetParam());
  Request request = request_of("occlusion");
  const std::vector<double> all = request.inputs.at("x").to_doubles();
  const std::vector<double> one(all.begin(), all.begin() + std::ssize(all) / 2);
  request.inputs["x"] = Tensor(Shape{1, 5, 6}, one).cast(ElementType::kFloat32);
  std::vector<TensorMap> without;
  for (std::size_t i = 0; i < one.size(); ++i) without.push_back(with_element(request.inputs, "x", i, 0));
  expect_near(model.explain(request).token_scores, losses(model, request.inputs, without));
}

TEST_P(Undecided, IsExplainedSampleBySample) {
  Model model = open(GetParam());
  Request request = request_of("feature-ablation");
  const Tensor both = model.explain(request).token_scores;
  const std::vector<double> inputs = request.inputs.at("x").to_doubles();
  std::vector<double> due(static_cast<std::size_t>(both.size()));
  for (std::size_t b = 0; b < 2; ++b) {
    const auto first = inputs.begin() + static_cast<std::ptrdiff_t>(b * 30);
    request.inputs["x"] = Tensor(Shape{1, 5, 6}, std::vector<double>(first, first + 30)).cast(ElementType::kFloat32);
    const std::vector<double> alone = model.explain(request).token_scores.to_doubles();
    for (std::size_t k = 0; k < 2; ++k)
      std::copy_n(alone.begin() + static_cast<std::ptrdiff_t>(k * 30), 30,
                  due.begin() + static_cast<std::ptrdiff_t>((k * 2 + b) * 30));
  }
  expect_near(both, due);
}

TEST_P(Undecided, IsRefusedByWhatNeedsAGraph) {
  Model model = open(GetParam());
  const auto refuses = [&model](const Request& request, const std::string& part) {
    tests::expect_error(ErrorCode::kUnsupported, part, [&] { static_cast<void>(model.explain(request)); });
  };
  refuses(request_of("saliency", {"at=input"}), "these do: feature-ablation, kernel-shap, lime, occlusion, rise");
  refuses(request_of("atman"), "the model can't be read");
  refuses(request_of("auto"), "the next choice is --method occlusion");
  Request exact = request_of("occlusion");
  exact.precision = "float64";
  refuses(exact, "--precision float64: the model can't be read");
}

INSTANTIATE_TEST_SUITE_P(ControlFlow, Undecided,
                         testing::Values("compress", "if-by-data", "list-by-data", "long", "loop-by-data", "non-zero"),
                         test_name);

// Some cells hold the largest pixels, without which the branch is another.
TEST(ControlFlow, PicturesLoseCellsThoughABranchDependsOnThem) {
  Model model = open("picture-by-data");
  Request request = request_of("feature-ablation", {"features=grid", "grid=2,2"});
  std::vector<float> pixels(3 * 8 * 8, 0.1F);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] += 0.3F * static_cast<float>((i * 37) % 11) / 11;
  pixels[9] = 0.9F;
  request.inputs = {{"pixel_values", Tensor(Shape{1, 3, 8, 8}, pixels)}};
  std::vector<TensorMap> without;
  for (std::size_t cell = 0; cell < 4; ++cell) {
    std::vector<float> rest = pixels;
    for (std::size_t i = 0; i < rest.size(); ++i)
      if ((i / 8 % 8) / 4 == cell / 2 && (i % 8) / 4 == cell % 2) rest[i] = 0;
    without.push_back({{"pixel_values", Tensor(Shape{1, 3, 8, 8}, rest)}});
  }
  const Tensor scores = model.explain(request).token_scores;
  ASSERT_EQ(scores.shape(), (Shape{2, 1, 8, 8}));
  const std::vector<double> all = scores.to_doubles();
  std::vector<double> cells;
  for (const std::size_t k : {0, 1})
    for (const std::size_t corner : {0, 4, 32, 36}) cells.push_back(all[k * 64 + corner]);
  expect_near(Tensor(Shape{8}, cells), losses(model, request.inputs, without));
}

TEST(ControlFlow, TextsLoseTokensThoughTheModelDropsPadding) {
  Model model = open("text-by-data");
  Request request = request_of("occlusion", {"baselines=pad"});
  const std::vector<std::int64_t> ids{7, 11, 3, 19, 0, 0}, mask{1, 1, 1, 1, 0, 0};
  request.inputs = {{"input_ids", Tensor(Shape{1, 6}, ids)}, {"attention_mask", Tensor(Shape{1, 6}, mask)}};
  std::vector<TensorMap> without;
  for (std::size_t i = 0; i < 4; ++i) without.push_back(with_element(request.inputs, "input_ids", i, 0));
  const std::vector<double> due = losses(model, request.inputs, without);
  const std::vector<double> made = model.explain(request).token_scores.to_doubles();
  ASSERT_EQ(made.size(), 12U);
  expect_near(
      Tensor(Shape{8}, std::vector<double>{made[0], made[1], made[2], made[3], made[6], made[7], made[8], made[9]}),
      due);
  EXPECT_EQ(made[4], 0);
  EXPECT_EQ(made[5], 0);
}

TEST(ControlFlow, KeepsNoMemoryLimitThatItCannotTell) {
  RunOptions options;
  options.use_cache = false;
  options.memory = std::uint64_t{1} << 30;
  Model model = Model::open(tests::carried("control-flow") / "compress.onnx", options);
  tests::expect_error(ErrorCode::kUnsupported, "--memory: the model can't be read",
                      [&model] { static_cast<void>(model.explain(request_of("occlusion"))); });
}

TEST(ControlFlow, IsInspectedThoughItCannotBeRead) {
  Model model = open("loop-by-data");
  const auto found = nlohmann::json::parse(model.inspect(request_of("occlusion").inputs, ""));
  EXPECT_NE(found.at("unread").get<std::string>().find("Loop node 'loop'"), std::string::npos);
  std::vector<std::string> work;
  for (const auto& method : found.at("methods"))
    if (method.at("works")) work.push_back(method.at("name"));
  EXPECT_EQ(work, (std::vector<std::string>{"feature-ablation", "kernel-shap", "lime", "occlusion", "rise"}));
}

TEST(ControlFlow, NamesTheNodeWhoseCourseTheDataDecides) {
  const auto refuses = [](const std::string& name, const std::string& part) {
    Model model = open(name);
    tests::expect_error(ErrorCode::kUnsupported, part,
                        [&model] { static_cast<void>(model.explain(request_of("saliency", {"at=input"}))); });
  };
  refuses("if-by-data", "If node 'branch': which branch it takes depends on what the inputs hold");
  refuses("loop-by-data", "Loop node 'loop': how many steps it takes depends on what the inputs hold");
  refuses("long", "Loop node 'loop': written out, its 6000 steps make the graph larger than 10000 nodes");
  refuses("non-zero", "NonZero node 'non_zero': how many elements it gives depends on what the inputs hold");
  refuses("compress", "Compress node 'compress': how many elements it gives depends on what the inputs hold");
}

/// Ids of 2 are the ends of sentences, of which a model reads the last.
class Marked : public testing::TestWithParam<std::string> {
 protected:
  Model model = open(GetParam());

  static Request request(const std::vector<std::int64_t>& ids, std::int64_t samples) {
    Request request;
    request.method = "saliency";
    request.options = {"at=tokens"};
    request.targets = {"logit:1"};
    request.inputs["input_ids"] = Tensor(Shape{samples, std::ssize(ids) / samples}, ids);
    return request;
  }
};

TEST_P(Marked, RowsAreThoseOfTheUntouchedModel) {
  for (const auto& [ids, samples] : {std::pair{std::vector<std::int64_t>{5, 6, 2, 1, 7, 8, 9, 2}, std::int64_t{2}},
                                     {{5, 2, 2, 1, 2, 8, 2, 9}, 2},
                                     {{2, 6, 7, 1}, 1}}) {
    const Request asked = request(ids, samples);
    EXPECT_LT(difference(model.explain(asked).logits, model.predict(asked.inputs, 1).logits), 1e-5);
    for (const Check& check : model.verify(asked))
      EXPECT_TRUE(check.holds) << check.name << ": " << check.measured << " > " << check.bound;
  }
}

TEST_P(Marked, SamplesWithDifferentNumbersOfMarksAreRefused) {
  tests::expect_error(ErrorCode::kBadInput, "have different numbers of them", [this] {
    (void)model.explain(request({5, 6, 7, 2, 7, 2, 2, 2}, 2));
  });
  EXPECT_NO_THROW((void)model.explain(request({7, 2, 2, 2}, 1)));
}

TEST_P(Marked, ASampleWithoutAMarkIsAnError) { EXPECT_THROW((void)model.explain(request({5, 6, 7, 8}, 1)), Error); }

INSTANTIATE_TEST_SUITE_P(ControlFlow, Marked, testing::Values("marked-opset13", "marked-opset18"), test_name);

}  // namespace
}  // namespace pellucid
