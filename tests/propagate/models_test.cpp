// The gradient through whole exported models: walk and central differences, both by the reference executor in double.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/safetensors.hpp"
#include "graph/model_file.hpp"
#include "propagate/rule_sets.hpp"
#include "propagate/walk.hpp"
#include "support/fixtures.hpp"
#include "support/models.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::ValueId;

/// Numbers in [-1, 1] that are the same everywhere.
TensorD noise(const Shape& shape, unsigned seed) {
  std::mt19937_64 engine(seed);
  TensorD out = filled(shape, 0);
  for (double& value : out.data) value = static_cast<double>(engine() >> 11) * 0x1p-52 - 1;
  return out;
}

double dot(const TensorD& a, const TensorD& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.data.size(); ++i) sum += a.data[i] * b.data.at(i);
  return sum;
}

struct LoadedModel {
  graph::Graph graph;
  std::map<ValueId, TensorD> inputs;
  std::int64_t batch = 1;
};

LoadedModel load(const std::filesystem::path& folder) {
  const TensorMap tensors = read_safetensors(folder / "inputs.safetensors");
  const graph::ModelFile file = graph::ModelFile::open(folder / "model.onnx");
  graph::Specialisation how;
  for (const graph::InputSpec& input : file.inputs()) how.shapes[input.name] = tensors.at(input.name).shape();
  LoadedModel model;
  model.graph = file.specialise(how).value();
  for (const ValueId id : model.graph.inputs) {
    const Tensor& tensor = tensors.at(model.graph.value(id).name);
    model.inputs[id] = {tensor.shape(), tensor.to_doubles()};
  }
  return model;
}

/// Where the gradient is asked for: the pictures, or what was looked up for the tokens.
ValueId explained(const graph::Graph& graph) {
  for (const ValueId id : graph.inputs)
    if (graph.is_float(id)) return id;
  for (const graph::NodeId id : graph.order()) {
    const graph::Node& node = graph.node(id);
    if (node.op == "Gather" && graph.is_float(node.outputs[0])) return node.outputs[0];
  }
  return graph::kNone;
}

class Models : public testing::TestWithParam<std::string> {};

TEST_P(Models, GradientAgreesWithCentralDifferences) {
  const auto folder = fixtures();
  if (!folder) GTEST_SKIP() << "no fixtures";
  LoadedModel model = load(*folder / "fixtures" / "matrix" / GetParam());
  const graph::Graph forward = model.graph;
  const ValueId x = explained(forward), y = forward.outputs.at(0);
  const auto values = execute(forward, model.inputs, model.batch);
  TensorD cotangent = noise(values.at(y).shape, 1);

  graph::Builder build(model.graph);
  const graph::Dims lifted = graph::with_leading(1, build.dims(y));
  const ValueId seed = model.graph.add_input("seed", build.type(y), lifted);
  model.inputs[seed] = {graph::shape_at(lifted, model.batch), cotangent.data};
  const propagate::RuleSet rules = propagate::make_rule_set("gradient");
  propagate::Walk walk(build, rules, 1);
  walk.run({{y, seed}}, {x});
  ASSERT_NE(walk.cotangent(x), graph::kNone);
  const TensorD gradient = execute(model.graph, model.inputs, model.batch).at(walk.cotangent(x));

  const TensorD direction = noise(values.at(x).shape, 2);
  constexpr double kStep = 1e-5;
  const auto moved = [&](double step) {
    std::map<ValueId, TensorD> inputs = model.inputs;
    inputs[x] = values.at(x);
    for (std::size_t i = 0; i < direction.data.size(); ++i) inputs[x].data[i] += step * direction.data[i];
    return dot(execute(forward, inputs, model.batch).at(y), cotangent);
  };
  const double expected = (moved(kStep) - moved(-kStep)) / (2 * kStep), found = dot(gradient, direction);
  double scale = 0;
  for (std::size_t i = 0; i < direction.data.size(); ++i) scale += std::fabs(gradient.data[i] * direction.data[i]);
  EXPECT_GT(scale, 0);
  EXPECT_NEAR(found, expected, 1e-6 * scale);
}

INSTANTIATE_TEST_SUITE_P(Matrix, Models,
                         testing::Values("beit__ts17-eager", "bert__ts17-eager", "clip__dynamo18-sdpa",
                                         "conv-stem-vit__ts17-eager", "deberta-v3__ts17-eager", "dinov2__dynamo20-sdpa",
                                         "dinov3__ts17-eager", "gpt2-classifier__ts17-eager", "llama__ts17-eager",
                                         "swin__ts17-eager", "t5__ts17-eager", "vit__ts14-eager"),
                         test_name);

}  // namespace
}  // namespace pellucid::tests
