#include "graph/passes/fused/activation_of.hpp"
#include "graph/passes/fused/operators.hpp"

namespace pellucid::graph::fused {

/// activation(Conv(x, weight, bias) + sum).
void fused_conv(FusedNode& at) {
  std::vector<ValueId> inputs{at.required(0), at.required(1)};
  if (at.has(2)) inputs.push_back(at.input(2));
  std::map<std::string, Attribute> attributes = at.node.attributes;
  std::vector<float> parameters;
  if (const auto given = attributes.find("activation_params"); given != attributes.end())
    if (const auto* list = std::get_if<std::vector<float>>(&given->second)) parameters = *list;
  attributes.erase("activation");
  attributes.erase("activation_params");
  ValueId result = at.build.op("Conv", inputs, at.output_dims(0), at.build.type(inputs[0]), attributes);
  if (at.has(3)) result = at.build.add(result, at.input(3));
  at.give(0, activation_of(at, result, parameters));
}

}  // namespace pellucid::graph::fused
