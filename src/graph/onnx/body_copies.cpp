#include "graph/onnx/body_copies.hpp"

namespace pellucid::graph {
namespace {

void rename(const Renaming& names, std::string& name) {
  if (const auto at = names.find(name); at != names.end()) name = at->second;
}

void rename_reads(Renaming names, onnx::GraphProto& graph);

void rename_reads(const Renaming& names, onnx::NodeProto& node) {
  for (std::string& input : *node.mutable_input()) rename(names, input);
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) rename_reads(names, *attribute.mutable_g());
    for (onnx::GraphProto& graph : *attribute.mutable_graphs()) rename_reads(names, graph);
  }
}

/// What an inner graph defines itself hides what has the same name around it.
void rename_reads(Renaming names, onnx::GraphProto& graph) {
  for (const auto& input : graph.input()) names.erase(input.name());
  for (const auto& tensor : graph.initializer()) names.erase(tensor.name());
  for (const auto& node : graph.node())
    for (const std::string& output : node.output()) names.erase(output);
  for (onnx::NodeProto& node : *graph.mutable_node()) rename_reads(names, node);
  for (onnx::ValueInfoProto& output : *graph.mutable_output()) rename(names, *output.mutable_name());
}

}  // namespace

void ValueNames::add(const onnx::GraphProto& graph) {
  for (const auto* list : {&graph.input(), &graph.output(), &graph.value_info()})
    for (const auto& info : *list) taken_.insert(info.name());
  for (const auto& tensor : graph.initializer()) taken_.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer()) taken_.insert(tensor.values().name());
  for (const onnx::NodeProto& node : graph.node()) {
    taken_.insert(node.input().begin(), node.input().end());
    taken_.insert(node.output().begin(), node.output().end());
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) add(attribute.g());
      for (const onnx::GraphProto& inner : attribute.graphs()) add(inner);
    }
  }
}

std::string ValueNames::fresh(const std::string& stem) {
  std::string name;
  do name = stem + "_" + std::to_string(last_[stem]++);
  while (!taken_.insert(name).second);
  return name;
}

BodyCopies::BodyCopies(const onnx::NodeProto& owner, const onnx::GraphProto& body, onnx::GraphProto& to,
                       ValueNames& names)
    : owner_(owner), body_(body), to_(to), names_(names) {
  for (const onnx::TensorProto& tensor : body.initializer()) {
    const std::string name = names.fresh(tensor.name());
    constants_[tensor.name()] = name;
    onnx::TensorProto& constant = *to.add_initializer();
    constant = tensor;
    constant.set_name(name);
  }
}

std::vector<std::string> BodyCopies::add(const Renaming& inputs) {
  Renaming names = constants_;
  for (const auto& [inside, outside] : inputs) names[inside] = outside;
  for (const onnx::NodeProto& node : body_.node()) {
    onnx::NodeProto& copy = *to_.add_node();
    copy = node;
    copy.set_name(owner_.name() + "/" + node.name() + "/" + std::to_string(copies_));
    rename_reads(names, copy);
    for (std::string& output : *copy.mutable_output())
      if (!output.empty()) output = names[output] = names_.fresh(output);
  }
  ++copies_;
  std::vector<std::string> outputs;
  for (const auto& output : body_.output()) {
    outputs.push_back(output.name());
    rename(names, outputs.back());
  }
  return outputs;
}

const onnx::GraphProto* subgraph(const onnx::NodeProto& node, const std::string& attribute) {
  for (const onnx::AttributeProto& one : node.attribute())
    if (one.name() == attribute && one.has_g()) return &one.g();
  return nullptr;
}

std::int64_t count_nodes(const onnx::GraphProto& graph) {
  std::int64_t count = graph.node_size();
  for (const onnx::NodeProto& node : graph.node())
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) count += count_nodes(attribute.g());
      for (const onnx::GraphProto& inner : attribute.graphs()) count += count_nodes(inner);
    }
  return count;
}

}  // namespace pellucid::graph
