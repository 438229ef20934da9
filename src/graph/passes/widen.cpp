#include "graph/passes/widen.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "graph/builder.hpp"
#include "graph/passes/retype.hpp"
#include "graph/passes/stand_in.hpp"

namespace pellucid::graph {
namespace {

/// Inputs that stay float32: ONNX wants them so, or only their shape is read.
bool stays_single(const Node& node, std::size_t input) {
  if (node.op == "Shape" || node.op == "Size") return true;
  if (node.op == "Resize") return input == 1 || input == 2;
  return node.op == "Dropout" && input == 1;
}

class Widening {
 public:
  explicit Widening(Graph& graph) : graph_(graph), build_(graph) {}

  void run() {
    const std::size_t nodes = graph_.node_count();
    find_kept_constants();
    for (std::size_t n = 0; n < nodes; ++n)
      if (const auto id = static_cast<NodeId>(n); !graph_.node(id).removed) widen_node(id);
    for (ValueId& output : graph_.outputs)
      if (graph_.value(output).kind != ValueKind::kNodeOutput) output = wide(output);
  }

 private:
  /// Constants that some reader takes in float32.
  void find_kept_constants() {
    for (std::size_t n = 0; n < graph_.node_count(); ++n) {
      const Node& node = graph_.node(static_cast<NodeId>(n));
      for (std::size_t i = 0; i < node.inputs.size() && !node.removed; ++i)
        if (graph_.is_constant(node.inputs[i]) && stays_single(node, i)) kept_.insert(node.inputs[i]);
    }
  }

  void widen_node(NodeId id) {
    build_.set_source(graph_.node(id).source);
    if (takes_rows_of_table(graph_.node(id))) {
      cast_behind(id);
      return;
    }
    Node& node = graph_.node(id);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (!stays_single(node, i)) node.inputs[i] = wide(node.inputs[i]);
    if (node.op == "LayerNormalization") drop_statistics(node);
    bool typed = false;
    for (const ValueId output : node.outputs) {
      if (output == kNone || graph_.value(output).type != ElementType::kFloat32) continue;
      graph_.value(output).type = ElementType::kFloat64;
      typed = true;
    }
    if (typed) retype_attributes(node, ElementType::kFloat64);
  }

  [[nodiscard]] bool is_read(ValueId id) const {
    return id != kNone &&
           (!graph_.consumers(id).empty() || std::count(graph_.outputs.begin(), graph_.outputs.end(), id) != 0);
  }

  /// Mean and deviation beside the result are float32 by ONNX' definition: lower_to_double computes those that are
  /// read.
  void drop_statistics(Node& node) const {
    if (std::none_of(node.outputs.begin() + 1, node.outputs.end(), [this](ValueId id) { return is_read(id); }))
      node.outputs.resize(1);
  }

  [[nodiscard]] bool is_large(ValueId id) const {
    return graph_.is_constant(id) && graph_.rank(id) > 1 && graph_.value(id).constant.size() > kWidenedElements;
  }

  [[nodiscard]] bool takes_rows_of_table(const Node& node) const {
    return node.op == "Gather" && is_large(node.inputs[0]) &&
           graph_.value(node.inputs[0]).type == ElementType::kFloat32;
  }

  /// The node computes in float32, its value is the Cast of that.
  void cast_behind(NodeId id) {
    const Node node = graph_.node(id);
    const ValueId value = node.outputs[0];
    const ValueId rows = build_.op(node.op, node.inputs, graph_.dims(value), ElementType::kFloat32, node.attributes);
    stand_in(graph_, value, build_.cast(rows, ElementType::kFloat64));
  }

  /// What float64 readers of a value read.
  ValueId wide(ValueId id) {
    if (id == kNone || graph_.value(id).type != ElementType::kFloat32) return id;
    Value& value = graph_.value(id);
    if (value.kind == ValueKind::kConstant && !is_large(id) && kept_.count(id) == 0) {
      value.constant = value.exact ? *value.exact : value.constant.cast(ElementType::kFloat64);
      value.type = ElementType::kFloat64;
      return id;
    }
    if (value.kind == ValueKind::kNodeOutput) return id;
    const auto [at, fresh] = casts_.try_emplace(id, kNone);
    if (fresh) at->second = build_.cast(id, ElementType::kFloat64);
    return at->second;
  }

  Graph& graph_;
  Builder build_;
  std::set<ValueId> kept_;
  std::map<ValueId, ValueId> casts_;
};

}  // namespace

void widen(Graph& graph) { Widening(graph).run(); }

ValueId constant_behind(const Graph& graph, ValueId id) {
  while (const Node* node = graph.producer(id)) {
    if (node->op != "Cast" || !node->domain.empty()) return kNone;
    id = node->inputs[0];
  }
  return graph.is_constant(id) ? id : kNone;
}

}  // namespace pellucid::graph
