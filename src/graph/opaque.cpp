#include "graph/opaque.hpp"

#include <set>

namespace pellucid::graph {
namespace {

/// Domains of the runtime: com.microsoft, and those of its memory layouts (com.microsoft.nchwc, com.ms.internal.nhwc).
bool is_contrib(const Node& node) {
  return node.domain.starts_with("com.microsoft") || node.domain.starts_with("com.ms.");
}

}  // namespace

bool is_quantised(const std::string& domain, const std::string& op) {
  static const std::set<std::string> kOps = {"ConvInteger",
                                             "DequantizeLinear",
                                             "DynamicQuantizeLSTM",
                                             "DynamicQuantizeLinear",
                                             "DynamicQuantizeMatMul",
                                             "GatherBlockQuantized",
                                             "MatMulBnb4",
                                             "MatMulFpQ4",
                                             "MatMulInteger",
                                             "MatMulInteger16",
                                             "MatMulIntegerToFloat",
                                             "MatMulNBits",
                                             "MulInteger",
                                             "QAttention",
                                             "QEmbedLayerNormalization",
                                             "QGemm",
                                             "QMoE",
                                             "QuantizeLinear"};
  if (!domain.empty() && domain != "ai.onnx" && domain != "com.microsoft") return false;
  return kOps.count(op) != 0 || op.starts_with("QLinear") || op.starts_with("QOrdered");
}

Node whole_model() {
  Node node;
  node.op = "Model";
  node.domain = "pellucid";
  node.source = "model";
  return node;
}

bool is_whole_model(const Node& node) { return node.domain == "pellucid" && node.op == "Model"; }

bool is_opaque(const Node& node) { return is_contrib(node) || is_quantised(node.domain, node.op); }

std::string advice_on_opaque(const Node& node) {
  const std::string origin = is_quantised(node.domain, node.op) ? "it is quantised in a way that is not supported"
                                                                : "it was made by ONNX Runtime's optimiser";
  return origin + "; explain the float export that the model was made from";
}

}  // namespace pellucid::graph
