/// Weights of few bits in blocks that share a scale: MatMulNBits, GatherBlockQuantized.

#include "base/check.hpp"
#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

/// Zero points as they are packed, or as numbers of their own; where there are none, the middle of the range.
Tensor zero_points(const Reals& reals, const Node& node, ValueId id, std::int64_t rows, std::int64_t blocks,
                   std::int64_t bits) {
  if (id == kNone) {
    const float middle = static_cast<float>(std::int64_t{1} << (bits - 1));
    return Tensor(Shape{}, std::vector<float>{middle});
  }
  const Tensor& given = reals.constant(id, node);
  return given.type() == ElementType::kUInt8 ? unpack_bits(given, rows, blocks, bits, describe(node)) : given;
}

}  // namespace

/// B: [N, blocks, bytes] of packed numbers, N outputs and K inputs; scales: [N, blocks].
bool dequantise_block_product(Reals& reals, const Node& node) {
  const std::int64_t outputs = int_attribute(node, "N", 0), inputs = int_attribute(node, "K", 0);
  const std::int64_t bits = int_attribute(node, "bits", 4), block = int_attribute(node, "block_size", 0);
  PELLUCID_CHECK(outputs > 0 && inputs > 0 && block > 0, kBadInput, "{}: N, K and block_size must be positive",
                 describe(node));
  PELLUCID_CHECK(input_at(node, 4) == kNone, kUnsupported,
                 "{}: rows in another order (g_idx) are not supported; explain the float export", describe(node));
  Graph& graph = reals.graph();
  const std::int64_t blocks = (inputs + block - 1) / block;
  const Tensor padded =
      unpack_bits(reals.constant(node.inputs.at(1), node), outputs, blocks * block, bits, describe(node));
  const Tensor zero = zero_points(reals, node, input_at(node, 3), outputs, blocks, bits);
  const Tensor wide =
      dequantise_tensor(padded, reals.constant(node.inputs.at(2), node), zero, {1, block}, describe(node));
  Tensor weight(ElementType::kFloat32, {inputs, outputs});
  const auto from = wide.values<float>();
  const auto to = weight.mutable_values<float>();
  for (std::int64_t n = 0; n < outputs; ++n)
    for (std::int64_t k = 0; k < inputs; ++k)
      to[static_cast<std::size_t>(k * outputs + n)] = from[static_cast<std::size_t>(n * blocks * block + k)];
  const ValueId made = graph.add_constant(std::move(weight), graph.fresh_name("dequantised"));
  Builder& build = reals.build_for(node);
  ValueId product = build.op("MatMul", {node.inputs[0], made}, graph.dims(node.outputs[0]), ElementType::kFloat32);
  if (const ValueId bias = input_at(node, 5); bias != kNone) product = build.add(product, bias);
  reals.replace(node.outputs[0], product);
  return true;
}

/// A table of which rows are taken. Bytes hold several numbers along the last axis where bits is below 8.
bool dequantise_block_gather(Reals& reals, const Node& node) {
  Graph& graph = reals.graph();
  const Tensor& data = reals.constant(node.inputs.at(0), node);
  const Tensor& scales = reals.constant(node.inputs.at(2), node);
  const std::int64_t bits = int_attribute(node, "bits", 4), block = int_attribute(node, "block_size", 128);
  const std::int64_t axis = int_attribute(node, "quantize_axis", 1), from = int_attribute(node, "gather_axis", 0);
  const auto rank = static_cast<std::int64_t>(data.shape().size());
  // Numbers of 4 bits have a type of their own in newer models: those have been unpacked.
  const bool bytes = bits == 8 || data.shape().back() != graph.dims(node.outputs[0]).back().size;
  Tensor q = data;
  std::optional<Tensor> zero;
  if (bytes && data.type() == ElementType::kUInt8) {
    PELLUCID_CHECK(positive_axis(axis, rank) == rank - 1, kUnsupported,
                   "{}: packed bytes with blocks along another axis than the last are not supported", describe(node));
    Shape shape = data.shape();
    shape.back() *= 8 / bits;
    q = unpack_bits(data, data.size() / data.shape().back(), shape.back(), bits, describe(node)).reshaped(shape);
    const std::int64_t blocks = scales.shape().back();
    zero = zero_points(reals, node, input_at(node, 3), scales.size() / blocks, blocks, bits);
  } else if (input_at(node, 3) != kNone) {
    zero = reals.constant(node.inputs[3], node);
  }
  Tensor table = dequantise_tensor(q, scales, zero, {axis, block}, describe(node));
  const ValueId made = graph.add_constant(std::move(table), graph.fresh_name("dequantised"));
  const ValueId rows = reals.build_for(node).op("Gather", {made, node.inputs.at(1)}, graph.dims(node.outputs[0]),
                                                ElementType::kFloat32, {{"axis", from}});
  reals.replace(node.outputs[0], rows);
  return true;
}

}  // namespace pellucid::graph
