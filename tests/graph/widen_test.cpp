#include "graph/passes/widen.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/safetensors.hpp"
#include "graph/builder.hpp"
#include "graph/memory.hpp"
#include "graph/model_file.hpp"
#include "graph/passes/keep_exact.hpp"
#include "graph/passes/lower_to_double.hpp"
#include "graph/passes/unround_roots.hpp"
#include "graph/widened.hpp"
#include "propagate/case.hpp"
#include "support/expect_error.hpp"
#include "support/fixtures.hpp"
#include "support/reference_executor.hpp"

namespace pellucid::tests {
namespace {

using graph::ValueId;

constexpr auto kSingle = ElementType::kFloat32, kDouble = ElementType::kFloat64;

// The micro model, in double from end to end: the tests' own executor and ONNX Runtime.
TEST(Widen, MicroModelAgreesWithTheReferenceExecutor) {
  for (const std::string name : {"model.onnx", "model_dynamo.onnx"}) {
    const TensorMap tensors = read_safetensors(carried("vit-micro") / "inputs.safetensors");
    const auto file = graph::ModelFile::open(carried("vit-micro") / name);
    graph::Specialisation how;
    for (const graph::InputSpec& input : file.inputs()) {
      how.shapes[input.name] = tensors.at(input.name).shape();
      how.batched.push_back(input.name);
    }
    graph::Graph graph = file.specialise(how).value();
    std::map<ValueId, TensorD> inputs;
    for (const ValueId id : graph.inputs) {
      const Tensor& tensor = tensors.at(graph.value(id).name);
      inputs[id] = {tensor.shape(), tensor.to_doubles()};
    }
    const auto expected = execute(graph, inputs, inputs.begin()->second.shape[0]);
    const std::vector<ValueId> outputs = graph.outputs;
    graph::widen(graph);
    graph::lower_to_double(graph);
    ASSERT_EQ(graph.outputs, outputs);
    const std::vector<Tensor> results = run_graph(graph, inputs);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      EXPECT_LE(relative_error(results[i], expected.at(outputs[i])), 1e-12) << name;
  }
}

/// What the runtime computes less exactly by fusing it: a scaled product, a root mean square norm. Returns the errors
/// against the reference executor.
std::pair<double, double> errors_of_fusible(bool kept_exact, bool fused) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kSingle, {{2, false}, {3, false}, {8, false}});
  graph::Builder build(graph);
  const auto number = [&](float value) { return graph.add_constant(Tensor(Shape{}, std::vector<float>{value})); };
  const ValueId scaled = build.matmul(build.mul(x, number(0.3F)), build.transpose_last(build.mul(x, number(0.7F))));
  const ValueId square = build.reduce_mean(build.pow(x, build.scalar_like(2, x)), {2}, true);
  const ValueId root = build.unary("Sqrt", build.add(square, number(1e-6F)));
  const ValueId gain = graph.add_constant(Tensor(Shape{8}, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}));
  const ValueId normed = build.mul(build.mul(x, build.unary("Reciprocal", root)), gain);
  graph.outputs = {scaled, normed};
  std::map<ValueId, TensorD> inputs;
  inputs[x] = filled({2, 3, 8}, 0);
  for (std::size_t i = 0; i < 48; ++i) inputs[x].data[i] = std::sin(static_cast<double>(i));
  inputs[x] = rounded_to_single(inputs[x]);
  const auto expected = execute(graph, inputs, 1);
  graph::widen(graph);
  if (kept_exact) graph::keep_exact(graph);
  const std::vector<Tensor> results = run_graph(graph, inputs, fused);
  return {relative_error(results[0], expected.at(scaled)), relative_error(results[1], expected.at(normed))};
}

TEST(Widen, ScalesAndNormsStayExact) {
  const auto [scaled, normed] = errors_of_fusible(false, false);
  EXPECT_LE(scaled, 1e-15);
  EXPECT_LE(normed, 1e-15);
}

TEST(KeepExact, ProgramsStayExactUnderTheRuntimesFusions) {
  const auto [scaled, normed] = errors_of_fusible(true, true);
  EXPECT_LE(scaled, 1e-15);
  EXPECT_LE(normed, 1e-15);
  EXPECT_GT(errors_of_fusible(false, true).first, 1e-10) << "the fusion that is kept away is gone";
}

Tensor table(std::int64_t rows, std::int64_t columns) {
  Tensor out(kSingle, {rows, columns});
  for (float& value : out.mutable_values<float>()) value = 0.1F;
  return out;
}

// Inputs and large weights stay as they are, behind a Cast; small constants hold the float32 number.
TEST(Widen, KeepsInputsAndLargeWeights) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kSingle, {{1, true}, {64, false}});
  const ValueId weight = graph.add_constant(table(64, 32)), half = graph.add_constant(table(1, 1));
  graph::Builder build(graph);
  const ValueId y = build.matmul(x, weight), z = build.mul(y, half);
  graph.outputs = {z};
  graph::widen(graph);
  EXPECT_EQ(graph.value(x).type, kSingle);
  EXPECT_EQ(graph.value(weight).type, kSingle);
  EXPECT_EQ(graph.value(half).type, kDouble);
  EXPECT_EQ(graph.value(half).constant.to_doubles()[0], static_cast<double>(0.1F));
  EXPECT_EQ(graph.value(y).type, kDouble);
  const graph::Node& product = *graph.producer(y);
  EXPECT_EQ(graph.producer(product.inputs[0])->inputs[0], x);
  EXPECT_EQ(graph::constant_behind(graph, product.inputs[1]), weight);
  EXPECT_EQ(graph::constant_behind(graph, y), graph::kNone);
}

// The runtime casts weights while loading and keeps both.
// They are made when they are needed, and not kept.
TEST(Widen, CastWeightsCountAsActivations) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kSingle, {{1, true}, {64, false}});
  graph::Builder build(graph);
  graph.outputs = {build.matmul(x, graph.add_constant(table(64, 32)))};
  graph::widen(graph);
  const graph::MemoryEstimate estimate = graph::estimate_memory(graph, 3);
  EXPECT_EQ(estimate.weights, 64U * 32 * 4);
  EXPECT_EQ(estimate.activations, 64U * 32 * 8 + 3U * (64 * (4 + 8) + 32 * 8));
}

TEST(Widen, TakesRowsOfATableFirst) {
  graph::Graph graph;
  const ValueId ids = graph.add_input("ids", ElementType::kInt64, {{1, true}, {3, false}});
  const ValueId words = graph.add_constant(table(100, 32));
  graph::Builder build(graph);
  const ValueId rows = build.gather(words, ids, 0);
  graph.outputs = {rows};
  graph::widen(graph);
  EXPECT_EQ(graph.value(rows).type, kDouble);
  ASSERT_EQ(graph.producer(rows)->op, "Cast");
  EXPECT_EQ(graph.producer(graph.producer(rows)->inputs[0])->inputs[0], words);
  const Tensor result = run_graph(graph, {{ids, {{2, 3}, {0, 5, 99, 1, 1, 2}}}}).at(0);
  EXPECT_EQ(result.to_doubles().at(7), static_cast<double>(0.1F));
}

// What ONNX types as float32, what only the shape of is read, and what says its type in an attribute.
TEST(Widen, KeepsWhatIsTypedOtherwise) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kSingle, {{1, true}, {2, false}});
  graph::Builder build(graph);
  const ValueId shape = build.op("Shape", {x}, {{2, false}}, ElementType::kInt64);
  const ValueId ones = build.op("ConstantOfShape", {shape}, build.dims(x), kSingle,
                                {{"value", Tensor(Shape{1}, std::vector<float>{1})}});
  const ValueId zeros = build.op("ConstantOfShape", {shape}, build.dims(x), kSingle);
  const ValueId whole = build.cast(build.cast(x, ElementType::kInt64), kSingle);
  const ValueId sum = build.add(build.add(ones, zeros), build.add(whole, x));
  graph.outputs = {sum};
  graph::widen(graph);
  EXPECT_EQ(graph.producer(shape)->inputs[0], x);
  EXPECT_EQ(run_graph(graph, {{x, {{1, 2}, {2.5, -1.5}}}}).at(0).to_doubles(), (std::vector<double>{5.5, -1.5}));
}

TEST(Widen, ScalesOfResizeStayFloat32) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kSingle, plain({1, 1, 2, 2}));
  const ValueId scales = graph.add_constant(Tensor(Shape{4}, std::vector<float>{1, 1, 2, 2}));
  graph::Builder build(graph);
  const ValueId large = build.op("Resize", {x, graph::kNone, scales}, plain({1, 1, 4, 4}), kSingle);
  const ValueId sum = build.add(scales, scales);
  graph.outputs = {large, sum};
  graph::widen(graph);
  EXPECT_EQ(graph.value(graph.producer(large)->inputs[2]).type, kSingle);
  graph::lower_to_double(graph);
  const std::vector<Tensor> results = run_graph(graph, {{x, {{1, 1, 2, 2}, {1, 2, 3, 4}}}});
  EXPECT_EQ(results[0].to_doubles(), (std::vector<double>{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4}));
  EXPECT_EQ(results[1].to_doubles(), (std::vector<double>{2, 2, 4, 4}));
}

// ONNX has them in float32 whatever the input is.
TEST(Widen, StatisticsThatNothingReadsAreDroppedAndOthersComputed) {
  graph::Graph graph;
  const ValueId x = graph.add_input("x", kSingle, plain({2, 4}));
  const ValueId scale = graph.add_constant(Tensor(Shape{4}, std::vector<float>{1, 1, 1, 1}));
  graph::Builder build(graph);
  const std::vector<ValueId> made =
      build.ops("LayerNormalization", {x, scale}, {plain({2, 4}), plain({2, 1}), plain({2, 1})}, kSingle);
  graph.outputs = {made[0]};
  graph::Graph reading = graph;
  graph::widen(graph);
  const Tensor result = run_graph(graph, {{x, {{2, 4}, {1, 2, 3, 4, 0, 0, 0, 0}}}}).at(0);
  EXPECT_NEAR(result.to_doubles()[0], -1.5 / std::sqrt(1.25 + static_cast<double>(1e-5F)), 1e-15);
  reading.outputs = {made[1], made[2]};
  graph::widen(reading);
  graph::lower_to_double(reading);
  const std::vector<Tensor> read = run_graph(reading, {{x, {{2, 4}, {1, 2, 3, 4, 0, 0, 0, 0}}}});
  EXPECT_NEAR(read[0].to_doubles()[0], 2.5, 1e-15);
  EXPECT_NEAR(read[1].to_doubles()[0], 1 / std::sqrt(1.25 + static_cast<double>(1e-5F)), 1e-15);
}

// What an exporter rounded is the 1/√d that was meant; other numbers stay what they are.
TEST(UnroundRoots, LeavesOtherNumbersAlone) {
  for (const double number : {1 / std::sqrt(8.0), -std::sqrt(2.0), 1 / std::sqrt(65536.0), 0.7, 1.702, 0.0, 1e-12}) {
    graph::Graph graph;
    const ValueId x = graph.add_input("x", kSingle, plain({1}));
    graph::Builder build(graph);
    graph.outputs = {build.mul(x, graph.add_constant(Tensor(Shape{}, std::vector<double>{number}).cast(kSingle)))};
    graph::widen(graph);
    graph::unround_roots(graph);
    const double square = number * number, n = square < 1 ? 1 / square : square;
    const bool root = n <= 65536 && std::abs(n - std::round(n)) < 1e-9 && n > 1.5;
    EXPECT_EQ(run_graph(graph, {{x, {{1}, {1}}}}).at(0).to_doubles()[0],
              root ? number : static_cast<double>(static_cast<float>(number)));
  }
}

}  // namespace
}  // namespace pellucid::tests
