#include <map>
#include <utility>

#include "graph/builder.hpp"
#include "graph/passes/passes.hpp"

// Operators younger than kOpset, as their definitions write them.
namespace pellucid::graph {
namespace {

/// x / √(mean(x²) + epsilon) · scale
ValueId rms_normalization(Builder& build, const Node& node) {
  const ValueId x = node.inputs[0];
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = positive_axis(int_attribute(node, "axis", -1), build.rank(x)); axis < build.rank(x); ++axis)
    axes.push_back(axis);
  const ValueId square = build.reduce_mean(build.mul(x, x), axes, true);
  const ValueId root = build.unary("Sqrt", build.add_scalar(square, float_attribute(node, "epsilon", 1e-5F)));
  return build.mul(build.mul(x, build.unary("Reciprocal", root)), node.inputs[1]);
}

/// x sigmoid(alpha x)
ValueId swish(Builder& build, const Node& node) {
  const ValueId x = node.inputs[0];
  return build.mul(x, build.unary("Sigmoid", build.mul_scalar(x, float_attribute(node, "alpha", 1))));
}

/// The two parts of every pair that is turned: neighbours where interleaved, else the halves. x: [..., 2 n].
std::pair<ValueId, ValueId> pairs(Builder& build, ValueId x, bool interleaved) {
  Dims half = build.dims(x);
  half.back().size /= 2;
  if (!interleaved)
    return {build.slice(x, -1, 0, half.back().size), build.slice(x, -1, half.back().size, half.back().size)};
  Dims apart = half;
  apart.push_back({2, false});
  const ValueId paired = build.reshape(x, apart);
  return {build.reshape(build.slice(paired, -1, 0, 1), half), build.reshape(build.slice(paired, -1, 1, 1), half)};
}

/// The parts beside each other again: [..., n] and [..., n] -> [..., 2 n].
ValueId rejoined(Builder& build, ValueId first, ValueId second, bool interleaved) {
  if (!interleaved) return build.concat({first, second}, -1);
  Dims whole = build.dims(first);
  const std::int64_t last = static_cast<std::int64_t>(whole.size());
  whole.back().size *= 2;
  return build.reshape(build.concat({build.unsqueeze(first, last), build.unsqueeze(second, last)}, -1), whole);
}

/// (a cos − b sin, a sin + b cos) of the pairs in the first `rotary_embedding_dim` features of every head.
ValueId rotary_embedding(Builder& build, const Node& node) {
  const Dims given = build.dims(node.inputs[0]);
  const bool packed = given.size() == 3, interleaved = int_attribute(node, "interleaved", 0) != 0;
  ValueId x = node.inputs[0];  // [batch, heads, tokens, dim], or [batch, tokens, heads, dim] of a packed one
  if (packed) {
    const std::int64_t heads = int_attribute(node, "num_heads", 1);
    x = build.reshape(x, {given[0], given[1], {heads, false}, {given[2].size / heads, false}});
  }
  const std::int64_t dim = build.dims(x).back().size, asked = int_attribute(node, "rotary_embedding_dim", 0);
  const std::int64_t turned = asked == 0 ? dim : asked;
  const auto factor = [&](std::size_t input) {  // [batch, tokens, turned / 2], for every head
    const bool placed = node.inputs.size() > 3 && node.inputs[3] != kNone;
    const ValueId table = placed ? build.gather(node.inputs[input], node.inputs[3], 0) : node.inputs[input];
    return build.unsqueeze(table, packed ? 2 : 1);
  };
  const ValueId cosine = factor(1), sine = factor(2);
  const auto [a, b] = pairs(build, build.slice(x, -1, 0, turned), interleaved);
  const ValueId first = build.sub(build.mul(a, cosine), build.mul(b, sine));
  const ValueId second = build.add(build.mul(a, sine), build.mul(b, cosine));
  ValueId joined = rejoined(build, first, second, interleaved);
  if (turned < dim) joined = build.concat({joined, build.slice(x, -1, turned, dim - turned)}, -1);
  return build.reshape(joined, given);
}

using Rewrite = ValueId (*)(Builder&, const Node&);

const std::map<std::string, Rewrite>& rewrites() {
  static const std::map<std::string, Rewrite> kRewrites = {
      {"RMSNormalization", rms_normalization}, {"RotaryEmbedding", rotary_embedding}, {"Swish", swish}};
  return kRewrites;
}

}  // namespace

int decompose_composites(Graph& graph) {
  int places = 0;
  for (const NodeId id : graph.order()) {
    const Node node = graph.node(id);
    const auto found = rewrites().find(node.op);
    if (!node.domain.empty() || found == rewrites().end()) continue;
    Builder build(graph);
    build.set_source(node.source);
    graph.replace_uses(node.outputs[0], found->second(build, node));
    graph.remove(id);
    ++places;
  }
  return places;
}

}  // namespace pellucid::graph
