#include "graph/passes/fused/activation_of.hpp"

#include <array>
#include <limits>
#include <set>

namespace pellucid::graph::fused {
namespace {

ValueId clipped(FusedNode& at, ValueId x, const std::vector<float>& bounds) {
  at.refuse(bounds.size() != 2, "Clip without its two bounds is");
  const ValueId low = at.build.scalar_like(bounds[0], x), high = at.build.scalar_like(bounds[1], x);
  return at.build.op("Clip", {x, low, high}, at.build.dims(x), at.build.type(x));
}

}  // namespace

ValueId activation_of(FusedNode& at, ValueId x, const std::vector<float>& parameters) {
  static const std::set<std::string> kUnary{"Relu", "Sigmoid", "Softplus", "Tanh"};
  static const std::set<std::string> kWithParameters{"Elu", "HardSigmoid", "LeakyRelu"};
  constexpr std::array kNames{"alpha", "beta"};
  const std::string name = string_attribute(at.node, "activation", "");
  if (name.empty()) return x;
  if (kUnary.count(name) != 0) return at.build.unary(name, x);
  if (name == "Clip") return clipped(at, x, parameters);
  at.refuse(kWithParameters.count(name) == 0, "the activation " + name + " is");
  std::map<std::string, Attribute> attributes;
  for (std::size_t i = 0; i < parameters.size() && i < kNames.size(); ++i) {
    if (name != "HardSigmoid" && i > 0) break;
    attributes[kNames[i]] = parameters[i];
  }
  return at.build.op(name, {x}, at.build.dims(x), at.build.type(x), attributes);
}

}  // namespace pellucid::graph::fused
