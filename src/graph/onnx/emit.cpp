#include "graph/onnx/emit.hpp"

#include "graph/onnx/convert.hpp"

namespace pellucid::graph {

constexpr std::int64_t kAxesAsInput = 13;  // the opset that made the axes of Unsqueeze an input

Emit::Emit(onnx::ModelProto& model, ValueNames& names)
    : graph_(*model.mutable_graph()), names_(names), opset_(opset_of(model)) {}

std::string Emit::constant(const Tensor& tensor, const std::string& stem) {
  const std::string name = names_.fresh(stem);
  *graph_.add_initializer() = tensor_to_onnx(tensor, name);
  return name;
}

onnx::NodeProto& Emit::node(const std::string& op, const onnx::NodeProto& owner, const std::vector<std::string>& inputs,
                            const std::string& output) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  node.set_name(owner.name() + "/" + output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void Emit::stack(const onnx::NodeProto& owner, std::vector<std::string> values, std::int64_t axis,
                 const std::string& output) {
  std::string axes;
  if (opset_ >= kAxesAsInput) axes = constant(Tensor(Shape{1}, std::vector<std::int64_t>{axis}), "axes");
  for (std::string& value : values) {
    const std::string raised = names_.fresh(output);
    onnx::NodeProto& unsqueeze = node("Unsqueeze", owner, {value}, raised);
    if (axes.empty())
      attribute_to_onnx("axes", std::vector<std::int64_t>{axis}, unsqueeze);
    else
      unsqueeze.add_input(axes);
    value = raised;
  }
  attribute_to_onnx("axis", axis, node("Concat", owner, values, output));
}

std::int64_t opset_of(const onnx::ModelProto& model) {
  for (const auto& opset : model.opset_import())
    if (opset.domain().empty() || opset.domain() == "ai.onnx") return opset.version();
  return 1;
}

}  // namespace pellucid::graph
