#include "graph/passes/retype.hpp"

#include <set>

namespace pellucid::graph {

void retype_attributes(Node& node, ElementType to) {
  static const std::set<std::string> kTyped = {"EyeLike", "RandomNormal", "RandomNormalLike", "RandomUniform",
                                               "RandomUniformLike"};
  const std::int64_t code = to == ElementType::kFloat64 ? 11 : 1;
  if (node.op == "Cast") node.attributes["to"] = code;
  if (kTyped.count(node.op) != 0) node.attributes["dtype"] = code;
  if (node.op != "ConstantOfShape") return;
  const bool given = has_attribute(node, "value");
  node.attributes["value"] = given ? std::get<Tensor>(node.attributes.at("value")).cast(to) : Tensor(to, {1});
}

}  // namespace pellucid::graph
