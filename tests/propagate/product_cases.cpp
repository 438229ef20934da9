#include "propagate/case.hpp"

namespace pellucid::tests {
namespace {

enum class Wanted { kBoth, kLeft, kRight };

Case matmul(const std::string& name, const Dims& a, const Dims& b, const Dims& out, Wanted wanted = Wanted::kBoth) {
  return {"MatMul", name, [=](CaseGraph& g) {
            const ValueId left = wanted == Wanted::kRight ? g.constant(graph::shape_at(a, kBatch)) : g.input(a);
            const ValueId right = wanted == Wanted::kLeft ? g.constant(graph::shape_at(b, kBatch)) : g.input(b);
            g.node("MatMul", {left, right}, out);
          }};
}

Case gemm(const std::string& name, const Dims& a, const Dims& b, const Dims& c, const Dims& out,
          const Attributes& attributes) {
  return {"Gemm", name, [=](CaseGraph& g) {
            const ValueId left = g.input(a), right = g.input(b), bias = g.input(c);
            g.node("Gemm", {left, right, bias}, out, attributes);
          }};
}

Case einsum(const std::string& equation, const Dims& a, const Dims& b, const Dims& out) {
  return {"Einsum", equation, [=](CaseGraph& g) {
            const ValueId left = g.input(a), right = g.input(b);
            g.node("Einsum", {left, right}, out, {{"equation", equation}});
          }};
}

}  // namespace

std::vector<Case> product_cases() {
  return {
      matmul("weight", batched({3, 4}), plain({4, 2}), batched({3, 2}), Wanted::kLeft),
      matmul("weight_rank4", batched({2, 3, 4}), plain({4, 2}), batched({2, 3, 2}), Wanted::kLeft),
      matmul("rank2", batched({4}), plain({4, 3}), batched({3})),
      matmul("batches", batched({2, 3, 4}), batched({2, 4, 2}), batched({2, 3, 2})),
      matmul("right_broadcast", batched({2, 3, 4}), plain({2, 4, 2}), batched({2, 3, 2})),
      matmul("right_rank2", batched({2, 3, 4}), plain({4, 2}), batched({2, 3, 2})),
      matmul("left_rank2", plain({3, 4}), batched({4, 2}), batched({3, 2})),
      matmul("left_constant", plain({3, 4}), batched({4, 2}), batched({3, 2}), Wanted::kRight),
      matmul("both_broadcast", plain({3, 1, 2, 4}), plain({1, 2, 4, 3}), plain({3, 2, 2, 3})),
      matmul("vector_left", plain({4}), batched({4, 3}), batched({3})),
      matmul("vector_right", batched({3, 4}), plain({4}), batched({3})),
      matmul("vectors", plain({4}), plain({4}), plain({})),
      {"MatMul", "itself",
       [](CaseGraph& g) {
         const ValueId x = g.input(batched({3, 3}));
         g.node("MatMul", {x, x}, batched({3, 3}));
       }},
      {"MatMul", "of_transpose",
       [](CaseGraph& g) {
         const ValueId q = g.input(batched({3, 4})), k = g.input(batched({3, 4}));
         g.node("MatMul", {q, g.build.transpose(k, {0, 2, 1})}, batched({3, 3}));
       }},
      gemm("plain", batched({4}), plain({4, 3}), plain({3}), batched({3}), {}),
      gemm("scaled", batched({4}), plain({4, 3}), plain({}), batched({3}), {{"alpha", 0.5F}, {"beta", -2.0F}}),
      gemm("transposed_b", batched({4}), plain({3, 4}), batched({1}), batched({3}), {{"transB", 1L}}),
      gemm("transposed_a", plain({4, 2}), plain({4, 3}), plain({2, 3}), plain({2, 3}),
           {{"transA", 1L}, {"alpha", 3.0F}}),
      gemm("transposed", plain({4, 2}), plain({3, 4}), plain({1, 3}), plain({2, 3}), {{"transA", 1L}, {"transB", 1L}}),
      {"Gemm", "weight",
       [](CaseGraph& g) {
         g.node("Gemm", {g.input(batched({4})), g.constant({3, 4})}, batched({3}), {{"transB", 1L}});
       }},
      einsum("bik,bkj->bij", batched({2, 3}), batched({3, 4}), batched({2, 4})),
      einsum("bhid, bhjd -> bhij", batched({2, 3, 2}), batched({2, 4, 2}), batched({2, 3, 4})),
      einsum("bi,ij->bj", batched({3}), plain({3, 2}), batched({2})),
      einsum("bij,j->bi", batched({2, 3}), plain({3}), batched({2})),
      einsum("bi,bj->bij", batched({2}), batched({3}), batched({2, 3})),
      einsum("bij,bk->bk", batched({2, 3}), batched({2}), batched({2})),
      einsum("...ij,...jk->...ik", batched({2, 2, 3}), batched({2, 3, 2}), batched({2, 2, 2})),
      einsum("...ij,...j->...i", batched({2, 2, 3}), plain({1, 2, 3}), batched({2, 2})),
      einsum("b...i,bj...->b...j", batched({2, 3}), batched({4, 2}), batched({2, 4})),
      einsum("Bki,Bij", batched({2, 3}), batched({3, 2}), {{2, false}, {2, false}}),
      einsum("bij,bij->bij", batched({2, 3}), plain({1, 2, 1}), batched({2, 3})),
      einsum("bii,bi->bi", batched({3, 3}), batched({3}), batched({3})),
      {"Einsum", "trace",
       [](CaseGraph& g) {
         g.node("Einsum", {g.input(batched({3, 3}))}, batched({}), {{"equation", "bii->b"}});
       }},
      {"Einsum", "three_operands",
       [](CaseGraph& g) {
         const ValueId a = g.input(batched({2, 3})), b = g.input(plain({3, 2})), c = g.input(batched({2}));
         g.node("Einsum", {a, b, c}, batched({2, 2}), {{"equation", "bij,jk,bk->bik"}});
       }},
      {"Einsum", "one_operand",
       [](CaseGraph& g) {
         g.node("Einsum", {g.input(batched({2, 3}))}, {{3, false}, {1, true}}, {{"equation", "bij->jb"}});
       }},
  };
}

}  // namespace pellucid::tests
