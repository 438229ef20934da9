#include <gtest/gtest.h>

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
                                         "in-function", "nested", "scan", "scan-backwards", "while-less"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ControlFlow, NamesTheNodeWhoseCourseTheDataDecides) {
  const auto refuses = [](const std::string& name, const std::string& part) {
    Model model = open(name);
    tests::expect_error(ErrorCode::kUnsupported, part,
                        [&model] { static_cast<void>(model.explain(request_of("saliency", {"at=input"}))); });
  };
  refuses("if-by-data", "If node 'branch': which branch it takes depends on what the inputs hold");
  refuses("loop-by-data", "Loop node 'loop': how many steps it takes depends on what the inputs hold");
  refuses("non-zero", "NonZero node 'non_zero': how many elements it gives depends on what the inputs hold");
  refuses("compress", "Compress node 'compress': how many elements it gives depends on what the inputs hold");
}

}  // namespace
}  // namespace pellucid
