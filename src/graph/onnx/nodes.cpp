#include "graph/onnx/nodes.hpp"

#include <set>
#include <string>
#include <vector>

namespace pellucid::graph {
namespace {

void add_reads(const onnx::NodeProto& node, std::multiset<std::string>& read) {
  read.insert(node.input().begin(), node.input().end());
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    for (const onnx::NodeProto& inner : attribute.g().node()) add_reads(inner, read);
    for (const onnx::GraphProto& graph : attribute.graphs())
      for (const onnx::NodeProto& inner : graph.node()) add_reads(inner, read);
  }
}

}  // namespace

std::int64_t int_of(const onnx::NodeProto& node, std::string_view name, std::int64_t otherwise) {
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (attribute.name() == name) return attribute.i();
  return otherwise;
}

void drop_unread(onnx::GraphProto& graph, const std::function<bool(const onnx::NodeProto&)>& droppable) {
  std::multiset<std::string> read;
  for (const auto& output : graph.output()) read.insert(output.name());
  for (const onnx::NodeProto& node : graph.node()) add_reads(node, read);
  std::vector<onnx::NodeProto> kept;
  for (auto node = graph.node().rbegin(); node != graph.node().rend(); ++node) {
    if (droppable(*node) && read.count(node->output(0)) == 0) {
      for (const std::string& input : node->input()) read.erase(read.find(input));
      continue;
    }
    kept.push_back(*node);
  }
  graph.clear_node();
  for (auto node = kept.rbegin(); node != kept.rend(); ++node) *graph.add_node() = *node;
}

}  // namespace pellucid::graph
