#include <gtest/gtest.h>

#include "anatomy/anatomy.hpp"
#include "anatomy/fixture_graph.hpp"
#include "graph/onnx/write.hpp"
#include "run/session.hpp"
#include "support/fixtures.hpp"
#include "support/models.hpp"

namespace pellucid::anatomy {
namespace {

using graph::Graph;
using graph::ValueId;
using Doubles = std::vector<double>;

/// What ONNX Runtime computes for some values of a graph, in their order.
std::vector<Tensor> values(Graph graph, const std::vector<ValueId>& wanted, const TensorMap& inputs) {
  graph.outputs.clear();
  std::vector<std::string> names;
  for (const ValueId id : wanted) {
    if (std::find(graph.outputs.begin(), graph.outputs.end(), id) == graph.outputs.end()) graph.outputs.push_back(id);
    names.push_back(graph.value(id).name);
  }
  const graph::WrittenGraph written = write_graph(graph);
  const TensorMap results = run::Session(written.bytes, written.weights, {}, "values").run(inputs, names);
  std::vector<Tensor> ordered;
  for (const std::string& name : names) ordered.push_back(results.at(name));
  return ordered;
}

void expect_near(const Doubles& got, const Doubles& want, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], 2e-5) << what << " at " << i;
}

/// Sample `row` of a batch.
Doubles sample(const Tensor& tensor, std::size_t row) {
  const Doubles all = tensor.to_doubles();
  const std::size_t size = all.size() / static_cast<std::size_t>(tensor.shape()[0]);
  return {all.begin() + static_cast<std::ptrdiff_t>(row * size),
          all.begin() + static_cast<std::ptrdiff_t>((row + 1) * size)};
}

class MicroVit : public testing::TestWithParam<std::string> {};

// The tensors of an independent implementation of the same model, by its own names for them.
TEST_P(MicroVit, TensorsAreThoseOfTheModelsAuthors) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  const auto folder = *root / "fixtures/vit-micro";
  const TensorMap inputs = read_safetensors(folder / "inputs.safetensors");
  const TensorMap want = read_safetensors(folder / "intermediates.safetensors");
  const Graph graph = tests::fixture_graph(folder / GetParam(), inputs);
  const Anatomy anatomy = find_anatomy(graph);
  ASSERT_EQ(anatomy.streams.size(), 1U);
  const Stream& stream = anatomy.streams[0];
  ASSERT_EQ(stream.blocks.size(), 2U);
  std::vector<ValueId> ids{anatomy.head.feature};
  std::vector<std::string> names{"pooled"};
  for (std::size_t l = 0; l < stream.blocks.size(); ++l) {
    const Block& block = stream.blocks[l];
    const std::string prefix = "blocks." + std::to_string(l) + ".";
    ids.insert(ids.end(), {block.input, block.attention_input, block.site.probabilities, block.output});
    for (const char* part : {"in", "norm1", "A", "out"}) names.push_back(prefix + part);
  }
  const std::vector<Tensor> got = values(graph, ids, inputs);
  for (std::size_t row = 0; row < 2; ++row)
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const std::string name = "row" + std::to_string(row) + "/values/" + names[i];
      expect_near(sample(got[i], row), want.at(name).to_doubles(), name);
    }
}

INSTANTIATE_TEST_SUITE_P(Exports, MicroVit, testing::Values("model.onnx", "model_dynamo.onnx"), tests::test_name);

/// Mean over the heads of every block's A: [batch, layers, tokens, tokens], whether its heads are folded or not.
Doubles mean_attention(const Stream& stream, const std::vector<Tensor>& maps, std::size_t batch) {
  const auto tokens = static_cast<std::size_t>(stream.token_count), square = tokens * tokens;
  const std::size_t layers = stream.blocks.size();
  Doubles mean(batch * layers * square, 0);
  for (std::size_t l = 0; l < layers; ++l) {
    const Doubles map = maps[l].to_doubles();
    const auto heads = static_cast<std::size_t>(stream.blocks[l].site.heads);
    EXPECT_EQ(map.size(), batch * heads * square);
    for (std::size_t i = 0; i < map.size(); ++i) {
      const std::size_t b = i / (heads * square);
      mean[(b * layers + l) * square + i % square] += map[i] / static_cast<double>(heads);
    }
  }
  return mean;
}

/// [batch, tokens]: the fixed weights for every sample, or the mask's.
Doubles row_weights(const Stream& stream, const Graph& graph, const TensorMap& inputs, std::size_t batch) {
  Doubles weights;
  if (stream.read_out.mask.value == graph::kNone) {
    for (std::size_t b = 0; b < batch; ++b)
      weights.insert(weights.end(), stream.read_out.weights.begin(), stream.read_out.weights.end());
    return weights;
  }
  const auto tokens = static_cast<std::size_t>(stream.token_count);
  weights = values(graph, {stream.read_out.mask.value}, inputs)[0].to_doubles();
  for (std::size_t b = 0; b < batch; ++b) {
    double sum = 0;
    for (std::size_t i = 0; i < tokens; ++i) sum += weights.at(b * tokens + i);
    for (std::size_t i = 0; i < tokens; ++i) weights[b * tokens + i] /= sum;
  }
  return weights;
}

/// Rows of rollout: r ← w; r ← r·(½Ā + ½I) from the last block to the first.
Doubles rollout(const Doubles& mean, const Doubles& weights, std::size_t batch, std::size_t layers) {
  const std::size_t tokens = weights.size() / batch;
  Doubles result;
  for (std::size_t b = 0; b < batch; ++b) {
    Doubles row(weights.begin() + static_cast<std::ptrdiff_t>(b * tokens),
                weights.begin() + static_cast<std::ptrdiff_t>((b + 1) * tokens));
    for (std::size_t l = layers; l-- > 0;) {
      Doubles next(tokens, 0);
      for (std::size_t i = 0; i < tokens; ++i)
        for (std::size_t j = 0; j < tokens; ++j) {
          const double a = mean[((b * layers + l) * tokens + i) * tokens + j];
          next[j] += row[i] * (0.5 * a + (i == j ? 0.5 : 0));
        }
      row = next;
    }
    result.insert(result.end(), row.begin(), row.end());
  }
  return result;
}

class MatrixMaps : public testing::TestWithParam<std::string> {};

// Attention maps and rollouts of the original library's float64 forward pass.
TEST_P(MatrixMaps, AreTheExpectedOnes) {
  const auto root = tests::fixtures();
  if (!root) GTEST_SKIP() << "no fixtures";
  const auto folder = *root / "fixtures/matrix" / GetParam();
  const TensorMap inputs = read_safetensors(folder / "inputs.safetensors");
  const TensorMap want = read_safetensors(folder / "expected.safetensors");
  const Graph graph = tests::fixture_graph(folder / "model.onnx", inputs);
  const Anatomy anatomy = find_anatomy(graph);
  int compared = 0;
  for (const Stream& stream : anatomy.streams) {
    const std::string prefix = anatomy.streams.size() > 1 ? stream.name + "-" : "";
    if (want.count(prefix + "attention-layers") == 0) continue;
    std::vector<ValueId> ids;
    for (const Block& block : stream.blocks) ids.push_back(block.site.probabilities);
    const Tensor& expected = want.at(prefix + "attention-layers");
    const auto batch = static_cast<std::size_t>(expected.shape()[0]);
    const Doubles mean = mean_attention(stream, values(graph, ids, inputs), batch);
    const double slack = GetParam().find("fp16") == std::string::npos ? 1 : 100;
    const Doubles reference = expected.to_doubles();
    ASSERT_EQ(mean.size(), reference.size());
    for (std::size_t i = 0; i < mean.size(); ++i) ASSERT_NEAR(mean[i], reference[i], 2e-5 * slack) << i;
    ++compared;
    const Doubles weights = row_weights(stream, graph, inputs, batch);
    if (weights.empty() || want.count(prefix + "rollout") == 0) continue;
    const Doubles rows = rollout(mean, weights, batch, stream.blocks.size());
    const Doubles rows_wanted = want.at(prefix + "rollout").to_doubles();
    ASSERT_EQ(rows.size(), rows_wanted.size());
    for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_NEAR(rows[i], rows_wanted[i], 2e-5 * slack) << i;
  }
  if (compared == 0) GTEST_SKIP() << "no attention maps are expected of this model";
}

INSTANTIATE_TEST_SUITE_P(Vision, MatrixMaps, testing::ValuesIn(tests::vision_models()), tests::test_name);
INSTANTIATE_TEST_SUITE_P(Text, MatrixMaps, testing::ValuesIn(tests::text_models()), tests::test_name);
INSTANTIATE_TEST_SUITE_P(Other, MatrixMaps, testing::ValuesIn(tests::other_models()), tests::test_name);

}  // namespace
}  // namespace pellucid::anatomy
