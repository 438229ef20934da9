#include "graph/onnx/brain_to_single.hpp"

#include "graph/onnx/convert.hpp"

namespace pellucid::graph {
namespace {

using onnx::TensorProto;

void widen(onnx::ValueInfoProto& info) {
  if (!info.type().has_tensor_type()) return;
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  if (tensor.elem_type() == TensorProto::BFLOAT16) tensor.set_elem_type(TensorProto::FLOAT);
}

void widen(TensorProto& tensor) {
  if (tensor.data_type() != TensorProto::BFLOAT16) return;
  const std::string name = tensor.name();
  tensor = tensor_to_onnx(tensor_from_onnx(tensor, nullptr, {}).cast(ElementType::kFloat32), name);
}

void widen(onnx::GraphProto& graph);

void widen(onnx::NodeProto& node) {
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    const std::string& name = attribute.name();
    const bool type = name == "to" || name == "dtype" || name == "output_dtype" || name == "stash_type";
    if (type && attribute.i() == TensorProto::BFLOAT16) attribute.set_i(TensorProto::FLOAT);
    if (attribute.has_t()) widen(*attribute.mutable_t());
    if (attribute.has_g()) widen(*attribute.mutable_g());
    for (onnx::GraphProto& graph : *attribute.mutable_graphs()) widen(graph);
  }
}

void widen(onnx::GraphProto& graph) {
  for (onnx::ValueInfoProto& input : *graph.mutable_input()) widen(input);
  for (onnx::ValueInfoProto& output : *graph.mutable_output()) widen(output);
  for (onnx::ValueInfoProto& inner : *graph.mutable_value_info()) widen(inner);
  for (TensorProto& tensor : *graph.mutable_initializer()) widen(tensor);
  for (onnx::NodeProto& node : *graph.mutable_node()) widen(node);
}

}  // namespace

void brain_to_single(onnx::ModelProto& model) {
  widen(*model.mutable_graph());
  for (onnx::FunctionProto& function : *model.mutable_functions())
    for (onnx::NodeProto& node : *function.mutable_node()) widen(node);
}

}  // namespace pellucid::graph
