#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <pellucid/error.hpp>
#include <pellucid/model.hpp>
#include <string>
#include <vector>

namespace {

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("does not hold: %s\n", what);
  ++failures;
}

template <class Call>
bool fails_with(pellucid::ErrorCode code, const Call& call) {
  try {
    call();
  } catch (const pellucid::Error& error) {
    return error.code() == code;
  }
  return false;
}

pellucid::TensorMap waves() {
  std::vector<float> pixels(3 * 64 * 64);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::sin(static_cast<float>(i) * 0.013F);
  return {{"pixel_values", pellucid::Tensor({1, 3, 64, 64}, pixels)}};
}

void explain_top_class(pellucid::Model& model) {
  pellucid::Request request;
  request.method = "attcat";
  request.inputs = waves();
  const pellucid::Explanation explanation = model.explain(request);
  const pellucid::Prediction prediction = model.predict(request.inputs, 1);

  const std::vector<double> logits = prediction.logits.to_doubles();
  std::size_t best = 0;
  for (std::size_t i = 1; i < logits.size(); ++i)
    if (logits[i] > logits[best]) best = i;
  expect(prediction.top[0][0].index == static_cast<std::int64_t>(best), "the top class has the largest logit");
  expect(explanation.targets[0].samples[0].class_index == static_cast<std::int64_t>(best),
         "the top class is explained by default");

  expect(explanation.scores.shape() == pellucid::Shape{1, 1, 16, 16}, "one score per patch");
  double largest = 0;
  bool finite = true;
  for (const double score : explanation.scores.to_doubles()) {
    finite = finite && std::isfinite(score);
    largest = std::max(largest, std::abs(score));
  }
  expect(finite && largest > 0, "scores are finite and not all zero");

  request.method = "no-such-method";
  expect(fails_with(pellucid::ErrorCode::kUsage, [&] { (void)model.explain(request); }), "unknown methods are refused");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string folder = argv[1], wanted_version = argv[2];
  expect(pellucid::version() == wanted_version, "the version is the installed package's");
  expect(fails_with(pellucid::ErrorCode::kBadInput, [&] { (void)pellucid::Model::open(folder + "/absent.onnx"); }),
         "a missing model is bad input");
  pellucid::RunOptions options;
  options.use_cache = false;
  pellucid::Model model = pellucid::Model::open(folder, options);
  explain_top_class(model);
  return failures == 0 ? 0 : 1;
}
