#include "graph/opaque.hpp"

#include <set>

namespace pellucid::graph {
namespace {

bool is_contrib(const Node& node) { return node.domain == "com.microsoft"; }

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
