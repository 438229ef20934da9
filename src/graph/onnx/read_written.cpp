#include <charconv>

#include "base/check.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/write.hpp"

namespace pellucid::graph {
namespace {

constexpr std::string_view kBatch = "batch", kMultiple = "batch_times_";

[[noreturn]] void fail_to_read(const std::string& name) {
  fail(ErrorCode::kBadInput, "'{}' is not as write_graph writes it", name);
}

Dim read_axis(const onnx::TensorShapeProto::Dimension& proto, const std::string& name) {
  if (proto.has_dim_value()) return {proto.dim_value(), false};
  const std::string& text = proto.dim_param();
  if (text == kBatch) return {1, true};
  std::int64_t multiple = 0;
  const char* last = text.data() + text.size();
  if (!text.starts_with(kMultiple)) fail_to_read(name);
  const auto [stop, error] = std::from_chars(text.data() + kMultiple.size(), last, multiple);
  if (error != std::errc{} || stop != last) fail_to_read(name);
  return {multiple, true};
}

struct TypedDims {
  ElementType type;
  Dims dims;
};

class WrittenReader {
 public:
  explicit WrittenReader(const WrittenGraph& written) : written_(written) {
    const auto size = static_cast<int>(written.bytes.size());
    PELLUCID_CHECK(model_.ParseFromArray(written.bytes.data(), size), kBadInput, "the written graph can't be parsed");
  }

  Graph read() {
    const onnx::GraphProto& proto = model_.graph();
    for (const auto* list : {&proto.input(), &proto.output(), &proto.value_info()})
      for (const auto& info : *list) types_.emplace(info.name(), read_type(info));
    for (const auto& input : proto.input())
      add(input.name(), graph_.add_input(input.name(), type_of(input.name()).type, type_of(input.name()).dims));
    for (const auto& tensor : proto.initializer())
      add(tensor.name(), graph_.add_constant(constant(tensor), tensor.name()));
    for (const auto& node : proto.node()) read_node(node);
    for (const auto& output : proto.output()) graph_.outputs.push_back(id_of(output.name()));
    return std::move(graph_);
  }

 private:
  static TypedDims read_type(const onnx::ValueInfoProto& info) {
    TypedDims read;
    read.type = element_type_from_onnx(info.type().tensor_type().elem_type(), info.name());
    for (const auto& axis : info.type().tensor_type().shape().dim()) read.dims.push_back(read_axis(axis, info.name()));
    return read;
  }

  [[nodiscard]] Tensor constant(const onnx::TensorProto& proto) const {
    if (proto.data_location() != onnx::TensorProto::EXTERNAL) return tensor_from_onnx(proto, nullptr, {});
    const auto at = written_.weights.find(proto.name());
    if (at == written_.weights.end()) fail_to_read(proto.name());
    return at->second;
  }

  void read_node(const onnx::NodeProto& proto) {
    Node node;
    node.op = proto.op_type();
    node.domain = proto.domain();
    node.source = proto.doc_string().empty() ? proto.name() : proto.doc_string();
    node.attributes = attributes_from_onnx(proto);
    for (const std::string& input : proto.input()) node.inputs.push_back(input.empty() ? kNone : id_of(input));
    std::vector<ElementType> types;
    std::vector<Dims> dims;
    std::vector<std::string> names;
    for (const std::string& output : proto.output()) {
      if (output.empty()) continue;
      types.push_back(type_of(output).type);
      dims.push_back(type_of(output).dims);
      names.push_back(output);
    }
    const NodeId id = graph_.add_node(std::move(node), types, dims, names);
    for (std::size_t i = 0; i < names.size(); ++i) add(names[i], graph_.node(id).outputs[i]);
    graph_.node(id).outputs = with_absent_outputs(proto, graph_.node(id).outputs);
  }

  void add(const std::string& name, ValueId id) { ids_.emplace(name, id); }

  [[nodiscard]] const TypedDims& type_of(const std::string& name) const {
    const auto at = types_.find(name);
    if (at == types_.end()) fail_to_read(name);
    return at->second;
  }

  [[nodiscard]] ValueId id_of(const std::string& name) const {
    const auto at = ids_.find(name);
    if (at == ids_.end()) fail_to_read(name);
    return at->second;
  }

  const WrittenGraph& written_;
  onnx::ModelProto model_;
  std::map<std::string, TypedDims> types_;
  std::map<std::string, ValueId> ids_;
  Graph graph_;
};

}  // namespace

Graph read_graph(const WrittenGraph& written) { return WrittenReader(written).read(); }

}  // namespace pellucid::graph
