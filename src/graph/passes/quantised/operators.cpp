#include "graph/passes/quantised/operators.hpp"

namespace pellucid::graph {
namespace {

struct Entry {
  const char* op;
  Dequantise dequantise;
};

/// The first few exist in ONNX and in ONNX Runtime's own domain alike.
const std::vector<Entry>& entries() {
  static const std::vector<Entry> kEntries = {
      {"ConvInteger", dequantise_integer_product},
      {"DequantizeLinear", dequantise_value},
      {"DynamicQuantizeLinear", dequantise_dynamic},
      {"DynamicQuantizeMatMul", dequantise_dynamic_product},
      {"GatherBlockQuantized", dequantise_block_gather},
      {"MatMulInteger", dequantise_integer_product},
      {"MatMulIntegerToFloat", dequantise_float_product},
      {"MatMulNBits", dequantise_block_product},
      {"QAttention", dequantise_attention},
      {"QEmbedLayerNormalization", dequantise_embedding},
      {"QGemm", dequantise_gemm},
      {"QLinearAdd", dequantise_pair},
      {"QLinearAveragePool", dequantise_unary},
      {"QLinearConcat", dequantise_concat},
      {"QLinearConv", dequantise_conv},
      {"QLinearGlobalAveragePool", dequantise_unary},
      {"QLinearLeakyRelu", dequantise_unary},
      {"QLinearMatMul", dequantise_matmul},
      {"QLinearMul", dequantise_pair},
      {"QLinearReduceMean", dequantise_unary},
      {"QLinearSigmoid", dequantise_unary},
      {"QLinearSoftmax", dequantise_unary},
      {"QLinearWhere", dequantise_select},
      {"QuantizeLinear", dequantise_quantise},
  };
  return kEntries;
}

}  // namespace

Dequantise find_dequantise(const Node& node) {
  if (!node.domain.empty() && node.domain != "com.microsoft") return nullptr;
  for (const Entry& entry : entries())
    if (node.op == entry.op) return entry.dequantise;
  return nullptr;
}

}  // namespace pellucid::graph
