#include <gtest/gtest.h>

#include "graph/fused_case.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::tests {
namespace {

using graph::fixed;

constexpr std::int64_t kTokens = 5, kHeads = 3, kWidth = 4;

struct EinsumCase {
  std::string name, equation;
  Dims left, right;
  Dims result;
  std::string last;  ///< the operator that gives the result
  bool weights = false;
};

void PrintTo(const EinsumCase& of, std::ostream* out) { *out << of.equation; }

const Dims kQueries = per_sample({kTokens, kHeads, kWidth});
const Dims kScores = per_sample({kHeads, kTokens, kTokens});

std::vector<EinsumCase> lowered() {
  const Dims first = per_sample({kHeads, kTokens, kWidth});
  return {
      {"scores", "bind,bjnd->bnij", kQueries, kQueries, kScores, "MatMul"},
      {"scores_heads_first", "bhid,bhjd->bhij", first, first, kScores, "MatMul"},
      {"scores_keys_first", "bjnd,bind->bnij", kQueries, kQueries, kScores, "MatMul"},
      {"context", "bnij,bjnd->bind", kScores, kQueries, kQueries, "Transpose"},
      {"context_values_first", "bjnd,bnij->bnid", kQueries, kScores, first, "MatMul"},
      {"ellipsis", "...ij,...jd->...id", kScores, first, first, "MatMul"},
      {"no_arrow", "ij,jk", per_sample({3}), fixed({3, 4}), per_sample({4}), "MatMul"},
      {"table", "bind,snd->bnis", kQueries, fixed({2, kHeads, kWidth}), per_sample({kHeads, kTokens, 2}), "Transpose"},
      {"projection", "bti,ino->btno", per_sample({kTokens, 6}), fixed({6, kHeads, kWidth}), kQueries, "Reshape", true},
      {"joined_heads", "btno,nod->btd", kQueries, fixed({kHeads, kWidth, 6}), per_sample({kTokens, 6}), "MatMul", true},
      {"weights_first", "oi,bti->bto", fixed({7, 6}), per_sample({kTokens, 6}), per_sample({kTokens, 7}), "MatMul",
       true},
      {"batch_second",
       "ibnd,jbnd->bnij",
       {{kTokens, false}, {1, true}, {kHeads, false}, {kWidth, false}},
       {{kTokens, false}, {1, true}, {kHeads, false}, {kWidth, false}},
       kScores,
       "MatMul"},
  };
}

std::vector<EinsumCase> kept() {
  return {
      {"elementwise", "bij,bij->bij", per_sample({2, 3}), per_sample({2, 3}), per_sample({2, 3}), "Einsum"},
      {"diagonal", "bii,bij->bij", per_sample({3, 3}), per_sample({3, 2}), per_sample({3, 2}), "Einsum"},
      {"summed_alone", "bijk,bjd->bid", per_sample({2, 3, 5}), per_sample({3, 4}), per_sample({2, 4}), "Einsum"},
  };
}

/// The operand without batch is a constant where the case has weights.
ValueId operand(FusedGraph& at, const EinsumCase& of, const Dims& dims) {
  if (!of.weights || dims[0].per_batch) return at.input(dims);
  return at.constant(graph::shape_at(dims, 1));
}

FusedGraph graph_of(const EinsumCase& of) {
  FusedGraph at;
  const ValueId left = operand(at, of, of.left), right = operand(at, of, of.right);
  at.node("Einsum", "", {left, right}, {of.result}, {{"equation", of.equation}});
  return at;
}

std::string case_name(const testing::TestParamInfo<EinsumCase>& info) { return info.param.name; }

class LowerEinsum : public testing::TestWithParam<EinsumCase> {};

// What is left computes what ONNX Runtime's own Einsum does, with its matrices where a reader looks for them.
TEST_P(LowerEinsum, KeepsWhatItComputes) {
  FusedGraph at = graph_of(GetParam());
  const std::vector<Tensor> expected = run_plainly(at, at.opset);
  EXPECT_EQ(graph::lower_einsum(at.graph), 1);
  at.graph.prune();
  for (const graph::NodeId id : at.graph.order()) EXPECT_NE(at.graph.node(id).op, "Einsum");
  EXPECT_EQ(at.graph.producer(at.graph.outputs[0])->op, GetParam().last);
  EXPECT_LT(difference(run_plainly(at, graph::kOpset).at(0), expected.at(0)), 2e-6);
}

class KeepEinsum : public testing::TestWithParam<EinsumCase> {};

TEST_P(KeepEinsum, WhereItIsNoProductOfMatrices) {
  FusedGraph at = graph_of(GetParam());
  EXPECT_EQ(graph::lower_einsum(at.graph), 0);
  EXPECT_EQ(at.graph.producer(at.graph.outputs[0])->op, "Einsum");
}

INSTANTIATE_TEST_SUITE_P(Products, LowerEinsum, testing::ValuesIn(lowered()), case_name);
INSTANTIATE_TEST_SUITE_P(Others, KeepEinsum, testing::ValuesIn(kept()), case_name);

}  // namespace
}  // namespace pellucid::tests
