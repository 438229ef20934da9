#include "graph/onnx/marked_rows.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "graph/onnx/convert.hpp"
#include "graph/onnx/emit.hpp"
#include "graph/onnx/inferred_shape.hpp"
#include "graph/onnx/nodes.hpp"

namespace pellucid::graph {
namespace {

constexpr std::string_view kMark = "last_marked";
constexpr std::int64_t kAxesAsInput = 18;  // the opset that made the axes of ReduceMax an input

class MarkedRows {
 public:
  explicit MarkedRows(onnx::ModelProto& model)
      : before_(model), graph_(*model.mutable_graph()), names_(graph_), emit_(model, names_), opset_(opset_of(model)) {
    for (const onnx::NodeProto& node : before_.graph().node())
      for (const std::string& output : node.output()) makers_[output] = &node;
    for (const onnx::TensorProto& tensor : before_.graph().initializer()) constants_[tensor.name()] = &tensor;
  }

  bool run() {
    graph_.clear_node();
    bool changed = false;
    for (const onnx::NodeProto& node : before_.graph().node()) {
      const bool written = node.op_type() == "Gather" && write(node);
      changed = changed || written;
      if (!written) *graph_.add_node() = node;
    }
    if (changed) drop_ways();
    return changed;
  }

 private:
  /// The node that makes an input, if it is of this operator.
  [[nodiscard]] const onnx::NodeProto* maker(const onnx::NodeProto& node, int input, std::string_view op) const {
    if (input >= node.input_size()) return nullptr;
    const auto at = makers_.find(node.input(input));
    return at != makers_.end() && at->second->op_type() == op && at->second->domain().empty() ? at->second : nullptr;
  }

  [[nodiscard]] std::vector<double> numbers(const onnx::NodeProto& node, int input) const {
    const auto at = input < node.input_size() ? constants_.find(node.input(input)) : constants_.end();
    if (at == constants_.end()) return {};
    return tensor_from_onnx(*at->second, nullptr, {}).to_doubles();
  }

  /// Index −1 along axis 1 of rows at the places of a NonZero, taken as [batch, −1, width].
  bool write(const onnx::NodeProto& last) {
    if (int_of(last, "axis", 0) != 1 || numbers(last, 1) != std::vector<double>{-1}) return false;
    const onnx::NodeProto* taken = maker(last, 0, "Reshape");
    const onnx::NodeProto* rows = taken == nullptr ? nullptr : maker(*taken, 0, "GatherND");
    const onnx::NodeProto* turned = rows == nullptr ? nullptr : maker(*rows, 1, "Transpose");
    const onnx::NodeProto* places = turned == nullptr ? nullptr : maker(*turned, 0, "NonZero");
    if (places == nullptr || int_of(*rows, "batch_dims", 0) != 0) return false;
    const Shape mask = inferred_shape(before_, places->input(0)), data = inferred_shape(before_, rows->input(0));
    const bool fits = mask.size() == 2 && data.size() == 3 && mask[0] == data[0] && mask[1] == data[1] && mask[1] > 0;
    if (!fits) return false;
    const std::vector<double> as{static_cast<double>(mask[0]), -1, static_cast<double>(data[2])};
    const bool all_but_one =
        numbers(*taken, 1) == as || (mask[0] == 1 && numbers(*taken, 1) == std::vector<double>{1, -1, as[2]});
    if (!all_but_one) return false;
    write_last(*places, rows->input(0), mask[1], last);
    return true;
  }

  std::string step(const std::string& op, const onnx::NodeProto& owner, const std::vector<std::string>& inputs) {
    const std::string output = names_.fresh(std::string(kMark));
    emit_.node(op, owner, inputs, output);
    return output;
  }

  std::string cast(const onnx::NodeProto& owner, const std::string& value, onnx::TensorProto::DataType type) {
    const std::string output = names_.fresh(std::string(kMark));
    attribute_to_onnx("to", static_cast<std::int64_t>(type), emit_.node("Cast", owner, {value}, output));
    return output;
  }

  std::string greatest(const onnx::NodeProto& owner, const std::string& value) {
    const std::string output = names_.fresh(std::string(kMark));
    onnx::NodeProto& node = emit_.node("ReduceMax", owner, {value}, output);
    if (opset_ >= kAxesAsInput)
      node.add_input(emit_.constant(Tensor(Shape{1}, std::vector<std::int64_t>{1}), "axes"));
    else
      attribute_to_onnx("axes", std::vector<std::int64_t>{1}, node);
    return output;
  }

  /// The greatest place that is marked, counted from 1, less 1; without a mark the number of tokens.
  void write_last(const onnx::NodeProto& owner, const std::string& rows, std::int64_t tokens,
                  const onnx::NodeProto& last) {
    std::vector<std::int64_t> counted(static_cast<std::size_t>(tokens));
    std::iota(counted.begin(), counted.end(), 1);
    const auto number = [this](std::int64_t value) {
      return emit_.constant(Tensor(Shape{1}, std::vector<std::int64_t>{value}), "number");
    };
    const std::string flags =
        cast(owner, cast(owner, owner.input(0), onnx::TensorProto::BOOL), onnx::TensorProto::INT64);
    const std::string places = step("Mul", owner, {flags, emit_.constant(Tensor(Shape{tokens}, counted), "places")});
    const std::string place = step("Sub", owner, {greatest(owner, places), number(1)});
    const std::string at = step("Mod", owner, {place, number(tokens + 1)});
    attribute_to_onnx("batch_dims", std::int64_t{1}, emit_.node("GatherND", last, {rows, at}, last.output(0)));
  }

  /// What only the rewritten nodes read.
  void drop_ways() {
    drop_unread(graph_, [](const onnx::NodeProto& node) {
      return node.op_type() == "NonZero" || node.op_type() == "Transpose" || node.op_type() == "GatherND" ||
             node.op_type() == "Reshape";
    });
  }

  const onnx::ModelProto before_;
  onnx::GraphProto& graph_;
  ValueNames names_;
  Emit emit_;
  std::int64_t opset_;
  std::map<std::string, const onnx::NodeProto*> makers_;
  std::map<std::string, const onnx::TensorProto*> constants_;
};

}  // namespace

bool lower_marked_rows(onnx::ModelProto& model) {
  const auto& nodes = model.graph().node();
  const bool any =
      std::any_of(nodes.begin(), nodes.end(), [](const auto& node) { return node.op_type() == "NonZero"; });
  return any && MarkedRows(model).run();
}

bool reads_marked_rows(const Graph& graph) {
  for (std::size_t n = 0; n < graph.node_count(); ++n) {
    const Node& node = graph.node(static_cast<NodeId>(n));
    if (!node.removed && node.op == "Mod" && node.source.find(kMark) != std::string::npos) return true;
  }
  return false;
}

}  // namespace pellucid::graph
