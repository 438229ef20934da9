#include "graph/onnx/write.hpp"

#include <cstring>
#include <set>

#include "base/check.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/schedule.hpp"

namespace pellucid::graph {
namespace {

constexpr std::size_t kProtobufLimit = 1'800'000'000;
constexpr std::int64_t kAlignment = 64;

void write_type(const Value& value, onnx::ValueInfoProto& info) {
  info.set_name(value.name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(element_type_to_onnx(value.type));
  auto& shape = *tensor.mutable_shape();
  for (const Dim& dim : value.dims) {
    auto& axis = *shape.add_dim();
    if (!dim.per_batch)
      axis.set_dim_value(dim.size);
    else if (dim.size == 1)
      axis.set_dim_param("batch");
    else
      axis.set_dim_param("batch_times_" + std::to_string(dim.size));
  }
}

void write_node(const Graph& graph, const Node& node, onnx::NodeProto& proto) {
  proto.set_op_type(node.op);
  proto.set_domain(node.domain);
  proto.set_name(node.source);
  for (const ValueId id : node.inputs) proto.add_input(id == kNone ? "" : graph.value(id).name);
  for (const ValueId id : node.outputs) proto.add_output(id == kNone ? "" : graph.value(id).name);
  for (const auto& [name, value] : node.attributes) attribute_to_onnx(name, value, proto);
}

/// Shapes of what lies between inputs and outputs. Without them the runtime doesn't see that two values with a free
/// batch are of one size: it reuses less memory, and looks for room so long that loading takes ten times the time.
void write_shapes(const Graph& graph, const std::vector<NodeId>& order, onnx::GraphProto& proto) {
  const std::set<ValueId> outputs(graph.outputs.begin(), graph.outputs.end());
  for (const NodeId id : order)
    for (const ValueId value : graph.node(id).outputs)
      if (value != kNone && outputs.count(value) == 0) write_type(graph.value(value), *proto.add_value_info());
}

/// Node names are sources, which several nodes share: made unique, the source itself kept as documentation.
void name_nodes(onnx::GraphProto& graph) {
  std::set<std::string> taken, first;
  for (const auto& node : graph.node()) taken.insert(node.name());
  std::map<std::string, int> last;
  for (auto& node : *graph.mutable_node()) {
    const std::string source = node.name();
    if (source.empty() || first.insert(source).second) continue;
    std::string name;
    do name = source + "#" + std::to_string(++last[source]);
    while (!taken.insert(name).second);
    node.set_doc_string(source);
    node.set_name(name);
  }
}

std::vector<ValueId> used_constants(const Graph& graph, const std::vector<NodeId>& order) {
  std::set<ValueId> used;
  for (const NodeId id : order)
    for (const ValueId input : graph.node(id).inputs)
      if (graph.is_constant(input)) used.insert(input);
  for (const ValueId output : graph.outputs)
    if (graph.is_constant(output)) used.insert(output);
  return {used.begin(), used.end()};
}

bool is_small(const Tensor& tensor) { return tensor.bytes() < kSharedWeightBytes; }

onnx::ModelProto write_frame(const Graph& graph, const std::vector<NodeId>& order) {
  onnx::ModelProto model;
  model.set_ir_version(9);
  model.set_producer_name("pellucid");
  std::set<std::string> domains{""};
  for (const NodeId id : order) domains.insert(graph.node(id).domain);
  for (const std::string& domain : domains) {
    auto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(domain.empty() ? kOpset : 1);
  }
  auto& proto = *model.mutable_graph();
  proto.set_name("pellucid");
  for (const ValueId id : graph.inputs) write_type(graph.value(id), *proto.add_input());
  for (const ValueId id : graph.outputs) write_type(graph.value(id), *proto.add_output());
  for (const NodeId id : order) write_node(graph, graph.node(id), *proto.add_node());
  write_shapes(graph, order, proto);
  name_nodes(proto);
  return model;
}

void refer_external(onnx::TensorProto& proto, const Value& value, const std::string& location, std::int64_t offset) {
  proto.set_name(value.name);
  proto.set_data_type(element_type_to_onnx(value.type));
  for (const std::int64_t axis : value.constant.shape()) proto.add_dims(axis);
  proto.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto entry = [&proto](const std::string& key, const std::string& text) {
    auto& added = *proto.add_external_data();
    added.set_key(key);
    added.set_value(text);
  };
  entry("location", location);
  entry("offset", std::to_string(offset));
  entry("length", std::to_string(value.constant.bytes()));
}

}  // namespace

WrittenGraph write_graph(const Graph& graph) {
  const std::vector<NodeId> order = file_order(graph);
  onnx::ModelProto model = write_frame(graph, order);
  WrittenGraph written;
  for (const ValueId id : used_constants(graph, order)) {
    const Value& value = graph.value(id);
    auto& proto = *model.mutable_graph()->add_initializer();
    if (is_small(value.constant)) {
      proto = tensor_to_onnx(value.constant, value.name);
      continue;
    }
    refer_external(proto, value, "shared", 0);
    written.weights.emplace(value.name, value.constant);
  }
  written.bytes.resize(model.ByteSizeLong());
  model.SerializeToArray(written.bytes.data(), static_cast<int>(written.bytes.size()));
  return written;
}

StandaloneGraph write_standalone(const Graph& graph, const std::string& external_name,
                                 const std::map<std::string, std::string>& metadata) {
  const std::vector<NodeId> order = file_order(graph);
  onnx::ModelProto model = write_frame(graph, order);
  for (const auto& [key, text] : metadata) {
    auto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(text);
  }
  const std::vector<ValueId> constants = used_constants(graph, order);
  std::size_t total = 0;
  for (const ValueId id : constants) total += graph.value(id).constant.bytes();
  StandaloneGraph written;
  std::int64_t offset = 0;
  for (const ValueId id : constants) {
    const Value& value = graph.value(id);
    auto& proto = *model.mutable_graph()->add_initializer();
    if (total < kProtobufLimit || is_small(value.constant)) {
      proto = tensor_to_onnx(value.constant, value.name);
      continue;
    }
    refer_external(proto, value, external_name, offset);
    const auto bytes = static_cast<std::int64_t>(value.constant.bytes());
    offset += (bytes + kAlignment - 1) / kAlignment * kAlignment;
    written.external.push_back(value.constant);
  }
  written.bytes = model.SerializeAsString();
  return written;
}

}  // namespace pellucid::graph
