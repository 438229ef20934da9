#include "graph/model_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/safetensors.hpp"
#include "graph/onnx/write.hpp"
#include "run/session.hpp"
#include "support/fixtures.hpp"
#include "support/models.hpp"

namespace pellucid::graph {
namespace {

class EveryModel : public testing::TestWithParam<std::string> {};

double largest_difference(const Tensor& a, const Tensor& b) {
  const auto x = a.to_doubles(), y = b.to_doubles();
  double difference = x.size() == y.size() ? 0 : INFINITY, size = 0;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    difference = std::max(difference, std::abs(x[i] - y[i]));
    size = std::max(size, std::abs(y[i]));
  }
  return difference / size;
}

// The folded, canonical graph gives the untouched model's outputs at the batch it was given.
TEST_P(EveryModel, KeepsTheOutputs) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  const auto folder = *root / "fixtures/matrix" / GetParam();
  const TensorMap inputs = read_safetensors(folder / "inputs.safetensors");
  const auto file = ModelFile::open(folder / "model.onnx");
  Specialisation how;
  for (const auto& [name, tensor] : inputs) how.shapes[name] = tensor.shape();
  const bool free = GetParam().find("static") == std::string::npos;
  if (free) how.batched = {"pixel_values"};
  const auto graph = file.specialise(how);
  ASSERT_TRUE(graph.has_value()) << "the batch can't be freed";
  const WrittenGraph written = write_graph(*graph);
  const run::Session session(written.bytes, written.weights, {}, GetParam()),
      untouched((folder / "model.onnx").string(), {});
  const std::string logits = file.outputs()[0];
  // A half-precision export rounds at 1e-3 itself; its graph is read as float32.
  const double bound = GetParam().find("fp16") == std::string::npos ? 1e-5 : 5e-3;
  EXPECT_LT(largest_difference(session.run(inputs, {logits}).at(logits), untouched.run(inputs, {logits}).at(logits)),
            bound);
}

INSTANTIATE_TEST_SUITE_P(Matrix, EveryModel, testing::ValuesIn(tests::vision_models()), tests::test_name);
// Its SkipLayerNormalization nodes leave out outputs before the last.
INSTANTIATE_TEST_SUITE_P(Fused, EveryModel, testing::Values("vit__ts17-fused"), tests::test_name);

}  // namespace
}  // namespace pellucid::graph
