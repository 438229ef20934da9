#pragma once

#include <string>

#include "graph/builder.hpp"

namespace pellucid::tests {

/// Builds small vision transformers node by node: 2×3 patches of width 8, two heads of 4.
class TinyTransformer {
 public:
  using ValueId = graph::ValueId;
  static constexpr std::int64_t kWidth = 8, kHeads = 2, kRows = 2, kColumns = 3;

  TinyTransformer() : build(graph) {}

  /// pixel_values [batch, 3, 8, 12] → patches [batch, 6, 8], flattened in reading order unless `transposed`.
  ValueId patches(bool transposed = false) {
    pixels = graph.add_input("pixel_values", ElementType::kFloat32, {batch(), axis(3), axis(8), axis(12)});
    const ValueId map =
        build.op("Conv", {pixels, weight({kWidth, 3, 4, 4})}, {batch(), axis(kWidth), axis(kRows), axis(kColumns)},
                 ElementType::kFloat32, {{"strides", std::vector<std::int64_t>{4, 4}}});
    const ValueId ordered = transposed ? build.transpose(map, {0, 1, 3, 2}) : map;
    return build.transpose(build.reshape(ordered, {batch(), axis(kWidth), axis(kRows * kColumns)}), {0, 2, 1});
  }

  /// Ids [batch, count] and the words that they look up: [batch, count, 8].
  ValueId words(const std::string& name, std::int64_t count) {
    const ValueId ids = graph.add_input(name, ElementType::kInt64, {batch(), axis(count)});
    return build.gather(weight({50, kWidth}), ids, 0);
  }

  /// Constant rows before or after the tokens.
  ValueId with_rows(ValueId tokens, std::int64_t count, bool before = true) {
    const ValueId rows = build.expand(weight({1, count, kWidth}), {batch(), axis(count), axis(kWidth)});
    return before ? build.concat({rows, tokens}, 1) : build.concat({tokens, rows}, 1);
  }

  ValueId norm(ValueId x) {
    return build.op("LayerNormalization", {x, weight({kWidth}), weight({kWidth})}, graph.dims(x),
                    ElementType::kFloat32);
  }

  ValueId linear(ValueId x, std::int64_t width) {
    return build.add(build.matmul(x, weight({graph.dims(x).back().size, width})), weight({width}));
  }

  ValueId mlp(ValueId x) { return linear(build.unary("Gelu", linear(x, 16)), kWidth); }

  /// softmax(q·kᵀ/2)·v of queries from `x` and keys and values from `y`, projected back to the width.
  ValueId attention(ValueId x, ValueId y) {
    const ValueId q = heads(linear(x, kWidth)), k = heads(linear(y, kWidth)), v = heads(linear(y, kWidth));
    return attend(q, k, v);
  }
  ValueId attention(ValueId x) { return attention(x, x); }

  ValueId attend(ValueId q, ValueId k, ValueId v) {
    const ValueId scores = build.mul_scalar(build.matmul(q, build.transpose_last(k)), 0.5);
    last_map = build.softmax(scores, -1);
    const ValueId context = build.transpose(build.matmul(last_map, v), {0, 2, 1, 3});
    const graph::Dims& d = graph.dims(context);
    return linear(build.reshape(context, {d[0], d[1], axis(kWidth)}), kWidth);
  }

  ValueId heads(ValueId x) {
    const graph::Dims& d = graph.dims(x);
    return build.transpose(build.reshape(x, {d[0], d[1], axis(kHeads), axis(kWidth / kHeads)}), {0, 2, 1, 3});
  }

  ValueId pre_norm_block(ValueId x) {
    const ValueId mid = build.add(x, attention(norm(x)));
    return build.add(mid, mlp(norm(mid)));
  }
  ValueId post_norm_block(ValueId x) {
    const ValueId mid = norm(build.add(x, attention(x)));
    return norm(build.add(mid, mlp(mid)));
  }

  /// A block that attends to itself and then to an encoder's `memory`.
  ValueId decoder_block(ValueId x, ValueId memory) {
    const ValueId own = build.add(x, attention(norm(x)));
    const ValueId mid = build.add(own, attention(norm(own), memory));
    return build.add(mid, mlp(norm(mid)));
  }

  /// One row of the tokens.
  ValueId row(ValueId x, std::int64_t at) {
    return build.gather(x, graph.add_constant(Tensor(Shape{}, std::vector<std::int64_t>{at})), 1);
  }
  ValueId classify(ValueId feature) { return graph.outputs = {linear(feature, 5)}, graph.outputs[0]; }

  /// A tensor of zeros that counts as a weight.
  ValueId weight(const Shape& shape) { return graph.add_constant(Tensor(ElementType::kFloat32, shape)); }
  static graph::Dim axis(std::int64_t size) { return {size, false}; }
  static graph::Dim batch() { return {1, true}; }

  graph::Graph graph;
  graph::Builder build;
  ValueId pixels = graph::kNone, last_map = graph::kNone;
};

}  // namespace pellucid::tests
