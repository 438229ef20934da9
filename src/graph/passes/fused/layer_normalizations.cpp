#include <algorithm>

#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {
namespace {

/// x / sqrt(mean(x²) + ε) · scale, the mean over the axes from `axis` on.
ValueId rms_normalized(Builder& build, ValueId x, ValueId scale, std::int64_t axis, double epsilon) {
  std::vector<std::int64_t> axes;
  for (std::int64_t i = positive_axis(axis, build.rank(x)); i < build.rank(x); ++i) axes.push_back(i);
  const ValueId mean = build.reduce_mean(build.pow(x, build.scalar_like(2, x)), axes, true);
  const ValueId root = build.unary("Sqrt", build.add_scalar(mean, epsilon));
  return build.mul(scale, build.mul(x, build.unary("Reciprocal", root)));
}

bool is_product(const Graph& graph, ValueId id) {
  const Node* node = graph.producer(id);
  return node != nullptr && (node->op == "MatMul" || node->op == "Gemm");
}

/// input + skip + bias; the bias belongs to the one that a linear layer made.
ValueId sum_of(FusedNode& at, std::size_t bias) {
  ValueId input = at.required(0), skip = at.required(1);
  if (at.has(bias)) {
    const Graph& graph = at.build.graph();
    ValueId& product = !is_product(graph, input) && is_product(graph, skip) ? skip : input;
    product = at.build.add(product, at.input(bias));
  }
  return at.build.add(input, skip);
}

void refuse_statistics(FusedNode& at) {
  at.refuse_output(1, "the output of its statistics is");
  at.refuse_output(2, "the output of its statistics is");
}

}  // namespace

void skip_layer_normalization(FusedNode& at) {
  refuse_statistics(at);
  Builder& build = at.build;
  const ValueId sum = sum_of(at, 4);
  std::vector<ValueId> inputs{sum, at.required(2)};
  if (at.has(3)) inputs.push_back(at.input(3));
  at.give(0, build.op("LayerNormalization", inputs, build.dims(sum), build.type(sum),
                      {{"axis", std::int64_t{-1}}, {"epsilon", static_cast<float>(at.number("epsilon", 1e-12F))}}));
  at.give(3, sum);
}

void skip_rms_normalization(FusedNode& at) {
  refuse_statistics(at);
  const ValueId sum = sum_of(at, 3);
  at.give(0, rms_normalized(at.build, sum, at.required(2), -1, at.number("epsilon", 1e-12F)));
  at.give(3, sum);
}

void rms_normalization(FusedNode& at) {
  at.refuse_output(1, "the output of its statistics is");
  at.give(
      0, rms_normalized(at.build, at.required(0), at.required(1), at.integer("axis", -1), at.number("epsilon", 1e-5F)));
}

}  // namespace pellucid::graph::fused
