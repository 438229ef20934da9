#include "methods/bias_map.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include <pellucid/error.hpp>

#include "base/check.hpp"
#include "methods/place.hpp"

namespace pellucid::methods {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;

/// A constant with one element per feature of `like`, which has at least two features.
bool is_vector_of(const graph::Graph& graph, ValueId id, ValueId like) {
  if (!graph.is_constant(id) || graph.rank(like) == 0 || graph.rank(id) == 0) return false;
  const Dim last = graph.dims(like).back();
  return graph.dims(id).back() == last && graph.value(id).constant.size() == last.size && last.size > 1;
}

/// What a value was before its axes were taken apart and moved.
ValueId before_split(const graph::Graph& graph, ValueId id) {
  static const std::set<std::string> kMoves{"Gather", "Reshape", "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze"};
  const graph::Node* node = graph.producer(id);
  while (node != nullptr && node->domain.empty() && kMoves.count(node->op) != 0) {
    id = node->inputs[0];
    node = graph.producer(id);
  }
  return id;
}

/// A constant with one element per head and feature of `like`, which a linear layer's result was taken apart into.
bool is_bias_of_heads(const graph::Graph& graph, ValueId id, ValueId like, ValueId whole) {
  if (!graph.is_constant(id) || graph.rank(like) < 4 || graph.rank(id) == 0 || graph.rank(whole) == 0) return false;
  const std::int64_t size = graph.value(id).constant.size(), features = graph.dims(like).back().size;
  return graph.dims(id).back().size == features && size > features && graph.dims(whole).back().size % size == 0;
}

/// Whether a value comes from a product with a constant: a linear layer's, or a norm's gain.
bool is_scaled(const graph::Graph& graph, ValueId id) {
  const graph::Node* node = graph.producer(id);
  if (node == nullptr || !node->domain.empty()) return false;
  if (node->op == "MatMul") return graph.is_constant(node->inputs[0]) != graph.is_constant(node->inputs[1]);
  if (node->op != "Mul") return false;
  return is_vector_of(graph, node->inputs[0], id) || is_vector_of(graph, node->inputs[1], id);
}

bool has_input(const graph::Node& node, std::size_t i) {
  return i < node.inputs.size() && node.inputs[i] != graph::kNone;
}

/// A convolution over [batch, features, tokens], which keeps the tokens apart.
bool is_layer_of_channels(const graph::Graph& graph, const graph::Node& node, std::int64_t tokens) {
  return node.op == "Conv" && graph.rank(node.outputs[0]) == 3 &&
         graph.dims(node.outputs[0])[2] == Dim{tokens, false} && graph.dims(node.inputs[0])[2] == Dim{tokens, false} &&
         graph.is_constant(node.inputs[1]) && graph.dims(node.inputs[1])[2].size == 1;
}

bool has_no_token(const graph::Graph& graph, const graph::Node& node, std::int64_t tokens) {
  const bool convolution = node.op == "Conv" && has_input(node, 2) && !is_layer_of_channels(graph, node, tokens);
  return convolution || node.op == "BatchNormalization" || node.op == "InstanceNormalization" ||
         node.op == "GroupNormalization";
}

/// The bias that a node adds, or a Bias without `bias`.
Bias bias_of(const graph::Graph& graph, const graph::Node& node, std::int64_t tokens) {
  Bias found;
  found.output = node.outputs[0];
  if (node.op == "Add") {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      const ValueId bias = node.inputs[i], other = node.inputs[1 - i];
      const bool of_features = is_vector_of(graph, bias, node.outputs[0]) && is_scaled(graph, other);
      const ValueId whole = before_split(graph, other);
      const bool of_heads = is_bias_of_heads(graph, bias, node.outputs[0], whole) && is_scaled(graph, whole);
      if (of_features || of_heads) found.bias = bias;
    }
  } else if (node.op == "Gemm" && has_input(node, 2)) {
    found.factor = graph::float_attribute(node, "beta", 1);
    if (is_vector_of(graph, node.inputs[2], node.outputs[0])) found.bias = node.inputs[2];
  } else if (has_input(node, 2) && is_layer_of_channels(graph, node, tokens)) {
    found.bias = node.inputs[2];
    found.of_channels = true;
  } else if (node.op == "LayerNormalization" && has_input(node, 2)) {
    if (is_vector_of(graph, node.inputs[2], node.outputs[0])) found.bias = node.inputs[2];
  }
  return found;
}

/// Σ_d β_d g[…, d] with everything but targets, samples and tokens summed: [K, B, T], or [K, B] without a token axis.
ValueId share_of(Context& context, const Bias& bias, const Place& place) {
  graph::Builder& build = context.build;
  const ValueId gradient = unfolded(build, context.gradient(bias.output), place);
  const std::int64_t features = build.dims(gradient).back().size;
  ValueId products = graph::kNone;
  if (!bias.of_channels && build.graph().value(bias.bias).constant.size() == features)
    products = build.matmul(gradient, build.reshape(bias.bias, {{features, false}, {1, false}}));
  else
    products = build.mul(gradient, aligned(build, bias));
  const auto samples = static_cast<std::int64_t>(place.sample_axis);
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 1; axis < build.rank(products); ++axis)
    if (axis != samples && axis != place.token_axis) axes.push_back(axis);
  ValueId share = build.reduce_sum(products, axes, false);
  if (place.token_axis >= 0 && place.token_axis < samples) share = build.transpose(share, {0, 2, 1});
  return build.mul_scalar(share, bias.factor);
}

/// Where the samples and tokens of a bias's output are.
Place place_of_bias(const Context& context, const Bias& bias) {
  if (bias.of_channels) return {.token_axis = 3};
  return place_of(context.build.graph(), bias.output, context.build.dims(context.stream.tokens)[0], context.tokens());
}

}  // namespace

ValueId aligned(graph::Builder& build, const Bias& bias) {
  if (!bias.of_channels) return bias.bias;
  return build.reshape(bias.bias, {build.dims(bias.bias).back(), Dim{}});
}

std::vector<Bias> find_biases(const Context& context, const std::string& method) {
  try {
    return find_biases(context.build.graph(), context.stream);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("method '{}': {}", method, error.what()));
  }
}

std::vector<Bias> find_biases(const graph::Graph& graph, const anatomy::Stream& stream) {
  std::vector<std::int64_t> depth(graph.value_count(), 0);  // how many block inputs a value depends on
  for (std::size_t l = 0; l < stream.blocks.size(); ++l)
    depth[static_cast<std::size_t>(stream.blocks[l].input)] = static_cast<std::int64_t>(l) + 1;
  std::vector<Bias> found;
  for (const graph::NodeId id : graph.order()) {
    const graph::Node& node = graph.node(id);
    std::int64_t blocks = 0;
    for (const ValueId input : node.inputs)
      if (input != graph::kNone) blocks = std::max(blocks, depth[static_cast<std::size_t>(input)]);
    if (blocks == 0) continue;
    for (const ValueId output : node.outputs)
      if (output != graph::kNone)
        depth[static_cast<std::size_t>(output)] = std::max(depth[static_cast<std::size_t>(output)], blocks);
    if (has_no_token(graph, node, stream.token_count))
      throw Error(ErrorCode::kUnsupported, graph::describe(node) + " adds a bias to channels, not to tokens");
    Bias bias = bias_of(graph, node, stream.token_count);
    bias.blocks = blocks;
    bias.node = id;
    if (bias.bias != graph::kNone) found.push_back(bias);
  }
  return found;
}

ValueId bias_map(Context& context, const std::string& method, bool per_block) {
  ValueId placed = graph::kNone, pooled = graph::kNone;
  for (const Bias& bias : find_biases(context, method)) {
    if (!context.reached(bias.output)) continue;
    const Place place = place_of_bias(context, bias);
    PELLUCID_CHECK(place.tokens_known, kUnsupported,
                   "method '{}': {} adds a bias to a tensor {}, in which the axis of the {} tokens can't be told",
                   method, graph::describe(context.build.graph().node(bias.node)),
                   graph::to_string(context.build.dims(bias.output)), context.tokens());
    const double times = per_block ? static_cast<double>(bias.blocks) : 1.0;
    ValueId& sum = place.token_axis < 0 ? pooled : placed;
    sum = context.plus(sum, context.build.mul_scalar(share_of(context, bias, place), times));
  }
  if (pooled == graph::kNone) return placed;
  const ValueId column = context.build.unsqueeze(context.build.unsqueeze(pooled, -1), -1);
  const ValueId at_rows = context.build.mul(column, context.read_out_weights());
  return context.plus(placed, context.build.squeeze(at_rows, -2));
}

}  // namespace pellucid::methods
