#include "graph/onnx/opset.hpp"

#include <set>

#include "base/check.hpp"

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
  if (!node.domain.empty()) return;
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
  } else if (node.op == "Softmax" || node.op == "LogSoftmax") {
    softmax(build, node, from);
  }
}

}  // namespace pellucid::graph
