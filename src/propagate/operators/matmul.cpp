#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// y = a b with matrices in the last two axes.
struct Product {
  ValueId a, b;       ///< [..., m, k] and [..., k, n]
  ValueId cotangent;  ///< [targets, ..., m, n]
};

/// Vectors made matrices, in the operands and in the cotangent.
Product as_matrices(Step& step) {
  graph::Builder& build = step.build;
  Product out{step.input(0), step.input(1), step.cotangent()};
  if (build.rank(out.b) == 1) {
    out.b = build.unsqueeze(out.b, -1);
    out.cotangent = build.unsqueeze(out.cotangent, -1);
  }
  if (build.rank(out.a) == 1) {
    out.a = build.unsqueeze(out.a, 0);
    out.cotangent = build.unsqueeze(out.cotangent, -2);
  }
  return out;
}

/// g b^T for b of rank 2: all rows at once, b read as it lies in memory.
ValueId rows_times_transposed(Step& step, ValueId cotangent, ValueId b) {
  Dims dims = step.build.dims(cotangent);
  const Dims flat{product(dims, 0, dims.size() - 1), dims.back()};
  const ValueId rows = step.build.gemm(step.build.reshape(cotangent, flat), b, true);
  dims.back() = step.build.dims(b)[0];
  return step.build.reshape(rows, dims);
}

/// Gives input i a cotangent that still has the matrix axes and the broadcast batch axes.
void give_matrix(Step& step, std::size_t i, ValueId cotangent, const Dims& matrix_dims) {
  const ValueId summed = step.build.sum_to(cotangent, matrix_dims);
  step.give(i, step.build.reshape(summed, step.lifted(step.input_dims(i))));
}

}  // namespace

void matmul(Step& step) {
  graph::Builder& build = step.build;
  const Product at = as_matrices(step);
  if (step.wants(0)) {
    const ValueId share = build.rank(at.b) == 2 ? rows_times_transposed(step, at.cotangent, at.b)
                                                : build.matmul(at.cotangent, build.transpose_last(at.b));
    give_matrix(step, 0, share, build.dims(at.a));
  }
  if (step.wants(1)) give_matrix(step, 1, build.matmul(build.transpose_last(at.a), at.cotangent), build.dims(at.b));
}

}  // namespace pellucid::propagate::operators::gradient
