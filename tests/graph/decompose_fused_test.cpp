#include <gtest/gtest.h>

#include "graph/fused_case.hpp"
#include "graph/passes/passes.hpp"
#include "support/expect_error.hpp"

namespace pellucid::tests {
namespace {

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
