#include "graph/passes/fused/fused_node.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::graph {
namespace {

bool is_output(const Graph& graph, ValueId id) {
  return std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
}

}  // namespace

FusedNode::FusedNode(Builder& builder, AttentionParts& attention, NodeId id)
    : build(builder), parts(attention), node(builder.graph().node(id)) {
  build.set_source(node.source);
}

ValueId FusedNode::required(std::size_t i) const {
  PELLUCID_CHECK(has(i), kBadInput, "{}: its input {} is missing", describe(node), i);
  return input(i);
}

std::int64_t FusedNode::integer(const std::string& name, std::int64_t otherwise) const {
  return int_attribute(node, name, otherwise);
}

double FusedNode::number(const std::string& name, double otherwise) const {
  return float_attribute(node, name, otherwise);
}

std::optional<double> FusedNode::given_number(const std::string& name) const {
  const double value = number(name, 0);
  return value == 0 ? std::nullopt : std::optional(value);
}

bool FusedNode::wanted(std::size_t output) const {
  if (output >= node.outputs.size() || node.outputs[output] == kNone) return false;
  const ValueId id = node.outputs[output];
  return is_output(build.graph(), id) || !build.graph().consumers(id).empty();
}

void FusedNode::give(std::size_t output, ValueId value) {
  if (!wanted(output)) return;
  Graph& graph = build.graph();
  const ValueId mine = node.outputs[output];
  const bool renamed = graph.value(value).kind == ValueKind::kNodeOutput && !is_output(graph, value);
  if (is_output(graph, mine) && !renamed) value = build.unary("Identity", value);
  graph.replace_uses(mine, value);
}

void FusedNode::refuse(bool unsupported, const std::string& what) const {
  PELLUCID_CHECK(!unsupported, kUnsupported,
                 "{}: {} not supported; explain the float export that the model was made from", describe(node), what);
}

void FusedNode::refuse_output(std::size_t output, const std::string& what) const { refuse(wanted(output), what); }

}  // namespace pellucid::graph
