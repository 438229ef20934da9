#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/fused_case.hpp"
#include "graph/onnx/write.hpp"
#include "graph/passes/passes.hpp"
#include "run/session.hpp"
#include "support/expect_error.hpp"

namespace pellucid::tests {
namespace {

/// The written file's opset of ONNX's own operators, which is kOpset, made another.
std::vector<std::byte> at_opset(std::vector<std::byte> bytes, int opset) {
  const std::vector<int> import{0x42, 4, 0x0a, 0, 0x10, graph::kOpset};  // opset_import {domain: "", version}
  const auto same = [](std::byte a, int b) { return std::to_integer<int>(a) == b; };
  const auto found = std::search(bytes.begin(), bytes.end(), import.begin(), import.end(), same);
  if (found == bytes.end()) throw std::runtime_error("the written graph names no opset");
  found[5] = static_cast<std::byte>(opset);
  return bytes;
}

std::vector<Tensor> run_plainly(const FusedGraph& at, int opset) {
  const graph::WrittenGraph written = graph::write_graph(at.graph);
  run::SessionOptions options;
  options.optimisation = run::Optimisation::kNone;
  const run::Session session(at_opset(written.bytes, opset), written.weights, options, "the graph");
  std::vector<std::string> names;
  for (const ValueId id : at.graph.outputs) names.push_back(at.graph.value(id).name);
  const TensorMap results = session.run(at.inputs, names);
  std::vector<Tensor> list;
  for (const std::string& name : names) list.push_back(results.at(name));
  return list;
}

double difference(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape() || a.type() != b.type()) return HUGE_VAL;
  const std::vector<double> x = a.to_doubles(), y = b.to_doubles();
  double worst = 0, size = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) return HUGE_VAL;
    worst = std::max(worst, std::fabs(x[i] - y[i]));
    size = std::max(size, std::fabs(y[i]));
  }
  return worst == 0 ? 0 : worst / size;
}

class DecomposeFused : public testing::TestWithParam<FusedCase> {};

// What is left of a fused node computes what ONNX Runtime's own kernel for it does.
TEST_P(DecomposeFused, KeepsWhatItComputes) {
  FusedGraph at;
  GetParam().make(at);
  const std::vector<Tensor> expected = run_plainly(at, at.opset);
  const std::string op = at.graph.node(0).op, domain = at.graph.node(0).domain;
  EXPECT_EQ(graph::decompose_fused(at.graph), 1);
  for (const graph::NodeId id : at.graph.order()) {
    const graph::Node& node = at.graph.node(id);
    EXPECT_TRUE(node.domain.empty()) << graph::describe(node);
    EXPECT_FALSE(domain.empty() && node.op == op) << graph::describe(node);
    EXPECT_EQ(node.source, "/block/" + op);
  }
  const std::vector<Tensor> results = run_plainly(at, graph::kOpset);
  ASSERT_EQ(results.size(), expected.size());
  for (std::size_t i = 0; i < results.size(); ++i)
    EXPECT_LE(difference(results[i], expected[i]), 5e-6) << "output " << i;
}

INSTANTIATE_TEST_SUITE_P(Attention, DecomposeFused, testing::ValuesIn(fused_attention_cases()), fused_case_name);
INSTANTIATE_TEST_SUITE_P(Layers, DecomposeFused, testing::ValuesIn(fused_layer_cases()), fused_case_name);

void expect_refusal(const std::string& part, const std::function<void(FusedGraph&)>& make) {
  FusedGraph at;
  make(at);
  expect_error(ErrorCode::kUnsupported, part, [&] { graph::decompose_fused(at.graph); });
}

const Dims kStream = per_sample({5, 8});

TEST(DecomposeFusedRefuses, FilledCaches) {
  expect_refusal("MultiHeadAttention node '/block/MultiHeadAttention': a filled cache", [](FusedGraph& at) {
    const ValueId x = at.input(kStream), past = at.input(per_sample({2, 3, 4}));
    at.node("MultiHeadAttention", kRuntimeDomain, {x, x, x, graph::kNone, graph::kNone, graph::kNone, past, past},
            {kStream}, {{"num_heads", 2L}});
  });
}

TEST(DecomposeFusedRefuses, AttentionSinks) {
  expect_refusal("an attention sink", [](FusedGraph& at) {
    const ValueId x = at.input(kStream), last = at.wholes(per_sample({}), {4, 4}), all = at.constant_wholes({}, {5});
    at.node("GroupQueryAttention", kRuntimeDomain, {x, x, x, graph::kNone, graph::kNone, last, all}, {kStream},
            {{"num_heads", 2L}, {"kv_num_heads", 2L}, {"smooth_softmax", 1L}});
  });
}

TEST(DecomposeFusedRefuses, RotaryPositionsInsidePackedAttention) {
  expect_refusal("do_rotary", [](FusedGraph& at) {
    at.node("Attention", kRuntimeDomain, {at.input(kStream), at.constant({8, 24}), at.constant({24})}, {kStream},
            {{"num_heads", 2L}, {"do_rotary", 1L}});
  });
}

TEST(DecomposeFusedRefuses, StatisticsThatAreRead) {
  expect_refusal("the output of its statistics", [](FusedGraph& at) {
    at.node("SkipLayerNormalization", kRuntimeDomain,
            {at.input(kStream), at.input(kStream), at.constant({8}), at.constant({8})}, {kStream, per_sample({5, 1})});
  });
}

}  // namespace
}  // namespace pellucid::tests
