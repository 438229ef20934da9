#include "propagate/operators/helpers.hpp"
#include "propagate/operators/rules.hpp"

namespace pellucid::propagate::operators::gradient {

using graph::Dims;
using graph::ValueId;

namespace {

/// d a' = alpha g b'^T, [targets, m, k], all targets' rows in one product.
ValueId left_share(Step& step, double alpha, bool b_transposed) {
  graph::Builder& build = step.build;
  const ValueId g = step.cotangent(), b = step.input(1);
  const Dims dims = build.dims(g);
  const ValueId rows = build.reshape(g, {product(dims[0], dims[1]), dims[2]});
  const ValueId product_rows = build.gemm(rows, b, !b_transposed);
  const Dims out{dims[0], dims[1], build.dims(product_rows)[1]};
  return build.reshape(build.mul_scalar(product_rows, alpha), out);
}

}  // namespace

void gemm(Step& step) {
  graph::Builder& build = step.build;
  const double alpha = graph::float_attribute(step.node, "alpha", 1),
               beta = graph::float_attribute(step.node, "beta", 1);
  const bool a_transposed = graph::int_attribute(step.node, "transA", 0) != 0;
  const bool b_transposed = graph::int_attribute(step.node, "transB", 0) != 0;
  if (step.wants(0)) {
    const ValueId share = left_share(step, alpha, b_transposed);
    step.give(0, a_transposed ? build.transpose_last(share) : share);
  }
  if (step.wants(1)) {
    // d b' = alpha a'^T g, [targets, k, n]
    const ValueId a = a_transposed ? step.input(0) : build.transpose_last(step.input(0));
    const ValueId share = build.mul_scalar(build.matmul(a, step.cotangent()), alpha);
    step.give(1, b_transposed ? build.transpose_last(share) : share);
  }
  if (step.wants(2)) step.give(2, build.mul_scalar(build.sum_to(step.cotangent(), step.input_dims(2)), beta));
}

}  // namespace pellucid::propagate::operators::gradient
