#include "graph/opaque.hpp"

#include <set>

namespace pellucid::graph {
namespace {

/// Domains of the runtime: com.microsoft, and those of its memory layouts (com.microsoft.nchwc, com.ms.internal.nhwc).
bool is_contrib(const Node& node) {
  return node.domain.starts_with("com.microsoft") || node.domain.starts_with("com.ms.");
}

bool is_quantised(const Node& node) {
  static const std::set<std::string> kOps = {"ConvInteger",   "DequantizeLinear", "DynamicQuantizeLinear",
                                             "MatMulInteger", "QLinearConv",      "QLinearMatMul",
                                             "QuantizeLinear"};
  return node.domain.empty() && kOps.count(node.op) != 0;
}

}  // namespace

bool is_opaque(const Node& node) { return is_contrib(node) || is_quantised(node); }

std::string advice_on_opaque(const Node& node) {
  const std::string origin = is_contrib(node) ? "it was made by ONNX Runtime's optimiser" : "it is quantised";
  return origin + "; explain the float export that the model was made from";
}

}  // namespace pellucid::graph
