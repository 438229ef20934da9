#include "graph/onnx/opset.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"
#include "graph/einsum.hpp"

namespace pellucid::graph {
namespace {

/// An attribute list becomes input `position`.
void attribute_to_input(Builder& build, Node& node, const std::string& name, std::size_t position) {
  if (!has_attribute(node, name)) return;
  const std::vector<std::int64_t> values = ints_attribute(node, name);
  node.attributes.erase(name);
  if (node.inputs.size() <= position) node.inputs.resize(position + 1, kNone);
  node.inputs[position] = build.ints(values);
}

/// A number becomes input `position`, of input 0's element type or int64.
void number_to_input(Builder& build, Node& node, const std::string& name, std::size_t position) {
  if (!has_attribute(node, name)) return;
  const bool whole = std::holds_alternative<std::int64_t>(node.attributes.at(name));
  const ValueId value = whole ? build.ints({int_attribute(node, name, 0)})
                              : build.scalar_like(float_attribute(node, name, 0), node.inputs[0]);
  node.attributes.erase(name);
  if (node.inputs.size() <= position) node.inputs.resize(position + 1, kNone);
  node.inputs[position] = value;
}

/// What a Slice or Pad of an old opset says in attributes.
void lists_to_inputs(Builder& build, Node& node, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) attribute_to_input(build, node, names[i], i + 1);
}

std::vector<double> scales_of(const Graph& graph, const Node& node) {
  if (const auto at = node.attributes.find("scales"); at != node.attributes.end()) {
    const auto& scales = std::get<std::vector<float>>(at->second);
    return {scales.begin(), scales.end()};
  }
  PELLUCID_CHECK(node.inputs.size() > 1 && graph.is_constant(node.inputs[1]), kUnsupported,
                 "{}: its scales are computed from the data", describe(node));
  return graph.value(node.inputs[1]).constant.to_doubles();
}

/// Upsample, and Resize of opset 10: places are divided by the scale; nearest ones rounded down, or up where it
/// shrinks.
void resize(Builder& build, Node& node) {
  const std::vector<double> scales = scales_of(build.graph(), node);
  const bool shrinks = std::any_of(scales.begin(), scales.end(), [](double scale) { return scale < 1; });
  const bool grows = std::any_of(scales.begin(), scales.end(), [](double scale) { return scale > 1; });
  const std::string mode = string_attribute(node, "mode", "nearest");
  PELLUCID_CHECK(mode != "nearest" || !shrinks || !grows, kUnsupported,
                 "{}: opset 10 shrinks one axis and stretches another; export at opset 11 or later", describe(node));
  const Tensor constant = Tensor({static_cast<std::int64_t>(scales.size())}, scales).cast(ElementType::kFloat32);
  node.op = "Resize";
  node.inputs = {node.inputs[0], kNone, build.graph().add_constant(constant, build.graph().fresh_name("scales"))};
  node.attributes = {{"mode", mode}, {"coordinate_transformation_mode", "asymmetric"}};
  if (mode == "nearest") node.attributes["nearest_mode"] = shrinks ? "ceil" : "floor";
}

/// Where inputs stand that were attributes, and attributes that opset kOpset doesn't have; true where the operator is
/// one of these.
bool take_inputs(Builder& build, Node& node, std::int64_t from) {
  if (node.op == "Slice" && from < 10) {
    lists_to_inputs(build, node, {"starts", "ends", "axes"});
  } else if (node.op == "Pad" && from < 11) {
    lists_to_inputs(build, node, {"pads"});
    number_to_input(build, node, "value", 2);
  } else if (node.op == "Clip" && from < 11) {
    number_to_input(build, node, "min", 1);
    number_to_input(build, node, "max", 2);
  } else if (node.op == "TopK" && from < 10) {
    number_to_input(build, node, "k", 1);
  } else if (node.op == "Cast") {
    node.attributes.erase("round_mode");  // how float8 rounds
  } else if (node.op == "Dropout" && from < 12) {
    node.attributes.erase("ratio");
  } else if (node.op == "BatchNormalization" && from < 9) {
    node.attributes.erase("spatial");
  } else if (node.op == "Upsample" || (node.op == "Resize" && from < 11)) {
    resize(build, node);
  } else {
    return false;
  }
  return true;
}

/// The axes of a reduction over everything are left out in ONNX; here they are always spelled out.
void spell_out_axes(Builder& build, Node& node) {
  if (node.inputs.size() > 1 && node.inputs[1] != kNone) return;
  const bool nothing = int_attribute(node, "noop_with_empty_axes", 0) != 0;
  PELLUCID_CHECK(!nothing, kUnsupported, "{}: a reduction over no axes is not supported", describe(node));
  std::vector<std::int64_t> all;
  for (std::int64_t axis = 0; axis < build.rank(node.inputs[0]); ++axis) all.push_back(axis);
  node.inputs.resize(2, kNone);
  node.inputs[1] = build.ints(all);
}

void softmax(const Builder& build, Node& node, std::int64_t from) {
  if (from >= 13) return;
  const std::int64_t rank = build.rank(node.inputs[0]);
  const std::int64_t axis = positive_axis(int_attribute(node, "axis", 1), rank);
  PELLUCID_CHECK(axis == rank - 1, kUnsupported,
                 "{}: opset {} flattens the axes from {} on; export at opset 13 or later", describe(node), from, axis);
  node.attributes["axis"] = axis;
}

}  // namespace

void to_common_opset(Builder& build, Node& node, std::int64_t from) {
  if (!node.domain.empty() || take_inputs(build, node, from)) return;
  static const std::set<std::string> kReductions = {"ReduceL1",  "ReduceL2",       "ReduceLogSum", "ReduceLogSumExp",
                                                    "ReduceMax", "ReduceMean",     "ReduceMin",    "ReduceProd",
                                                    "ReduceSum", "ReduceSumSquare"};
  if (kReductions.count(node.op) != 0) {
    attribute_to_input(build, node, "axes", 1);
    spell_out_axes(build, node);
  } else if (node.op == "Squeeze" || node.op == "Unsqueeze") {
    attribute_to_input(build, node, "axes", 1);
  } else if (node.op == "Split") {
    attribute_to_input(build, node, "split", 1);
    const bool sized = node.inputs.size() > 1 && node.inputs[1] != kNone;
    if (!sized && !has_attribute(node, "num_outputs")) node.attributes["num_outputs"] = std::int64_t{0};
  } else if (node.op == "Softmax" || node.op == "LogSoftmax" || node.op == "Hardmax") {
    softmax(build, node, from);
  } else if (node.op == "Einsum") {
    node.attributes["equation"] = read_equation(build.graph(), node).text();
  }
}

}  // namespace pellucid::graph
