#include "graph/passes/slice_rows.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "graph/builder.hpp"

namespace pellucid::graph {
namespace {

/// Elements [start, start + length) of one axis.
struct Selection {
  std::int64_t axis = 0, start = 0, length = 0;
  friend bool operator==(const Selection&, const Selection&) = default;
};

const std::set<std::string>& elementwise_unary() {
  static const std::set<std::string> kOps = {
      "Abs",       "Cast", "Elu",  "Erf", "Exp",        "Gelu", "HardSigmoid", "HardSwish", "Identity", "IsNaN",
      "LeakyRelu", "Log",  "Mish", "Neg", "Reciprocal", "Relu", "Sigmoid",     "Softplus",  "Sqrt",     "Tanh"};
  return kOps;
}

const std::set<std::string>& elementwise_several() {
  static const std::set<std::string> kOps = {"Add", "Div", "Max", "Min", "Mul", "Pow", "Sub", "Where"};
  return kOps;
}

class Slicer {
 public:
  Slicer(Graph& graph, std::vector<ValueId>& roots, const std::set<ValueId>& keep)
      : graph_(graph), build_(graph), roots_(roots), keep_(keep) {}

  int run() {
    make_selections_plain();
    int moved = 0;
    while (move_one()) ++moved;
    return moved;
  }

 private:
  /// Nodes on a way to a root, and who reads each value among them.
  void find_live() {
    readers_.clear();
    live_.assign(graph_.node_count(), false);
    std::vector<ValueId> open = roots_;
    while (!open.empty()) {
      const ValueId id = open.back();
      open.pop_back();
      const NodeId from = graph_.value(id).producer;
      if (from == kNone || live_[static_cast<std::size_t>(from)]) continue;
      live_[static_cast<std::size_t>(from)] = true;
      for (const ValueId input : graph_.node(from).inputs) {
        if (input == kNone) continue;
        readers_[input].push_back(from);
        open.push_back(input);
      }
    }
  }

  /// Gather of one row with a constant index becomes Slice and Squeeze.
  void make_selections_plain() {
    const std::size_t count = graph_.node_count();
    for (std::size_t n = 0; n < count; ++n) {
      const Node node = graph_.node(static_cast<NodeId>(n));
      double index = 0;
      if (node.removed || node.op != "Gather" || !constant_scalar(graph_, node.inputs[1], index)) continue;
      if (graph_.rank(node.inputs[1]) > 1) continue;  // a table of indices adds axes
      if (keep_.count(node.outputs[0]) != 0) continue;
      const ValueId data = node.inputs[0];
      const std::int64_t axis = positive_axis(int_attribute(node, "axis", 0), graph_.rank(data));
      const Dim dim = graph_.dims(data)[static_cast<std::size_t>(axis)];
      if (dim.per_batch || dim.size < 2) continue;
      build_.set_source(node.source);
      const std::int64_t row = positive_axis(static_cast<std::int64_t>(index), dim.size);
      ValueId selected = build_.slice(data, axis, row, 1);
      if (graph_.rank(node.inputs[1]) == 0) selected = build_.squeeze(selected, axis);
      replace(node.outputs[0], selected);
    }
  }

  void replace(ValueId from, ValueId to) {
    graph_.replace_uses(from, to);
    std::replace(roots_.begin(), roots_.end(), from, to);
  }

  /// What a Slice node selects, if it is one contiguous range of one axis.
  [[nodiscard]] std::optional<Selection> selection(const Node& node) const {
    if (node.op != "Slice" || node.inputs.size() < 4) return std::nullopt;
    for (std::size_t i = 1; i < node.inputs.size(); ++i)
      if (node.inputs[i] != kNone && !graph_.is_constant(node.inputs[i])) return std::nullopt;
    const auto starts = constant_ints(graph_, node, 1), axes = constant_ints(graph_, node, 3),
               steps = constant_ints(graph_, node, 4);
    if (starts.size() != 1 || (!steps.empty() && steps[0] != 1)) return std::nullopt;
    const Dims &from = graph_.dims(node.inputs[0]), &to = graph_.dims(node.outputs[0]);
    const std::int64_t axis = positive_axis(axes[0], static_cast<std::int64_t>(from.size()));
    const Dim &whole = from[static_cast<std::size_t>(axis)], &part = to[static_cast<std::size_t>(axis)];
    if (whole.per_batch || part.size * 2 > whole.size) return std::nullopt;
    const std::int64_t start = std::min(positive_axis(starts[0], whole.size), whole.size);
    return Selection{axis, start, part.size};
  }

  bool move_one() {
    find_live();
    for (std::size_t n = 0; n < live_.size(); ++n) {
      if (!live_[n]) continue;
      const Node node = graph_.node(static_cast<NodeId>(n));
      const auto selected = selection(node);
      if (selected && movable(node.inputs[0], *selected) && move(node, *selected)) return true;
    }
    return false;
  }

  /// Whether every live reader of a value takes the same rows of it.
  [[nodiscard]] bool movable(ValueId value, const Selection& wanted) const {
    if (keep_.count(value) != 0 || graph_.producer(value) == nullptr ||
        std::find(roots_.begin(), roots_.end(), value) != roots_.end())
      return false;
    const auto& readers = readers_.at(value);
    return std::all_of(readers.begin(), readers.end(), [&](NodeId id) {
      return selection(graph_.node(id)) == wanted && keep_.count(graph_.node(id).outputs[0]) == 0;
    });
  }

  bool move(const Node& slice, const Selection& rows) {
    const Node above = *graph_.producer(slice.inputs[0]);
    build_.set_source(above.source);
    const ValueId moved = above.outputs.size() == 1 ? sliced_node(above, rows) : kNone;
    if (moved == kNone) return false;
    const std::vector<NodeId> readers = readers_.at(slice.inputs[0]);
    for (const NodeId id : readers) replace(graph_.node(id).outputs[0], moved);
    return true;
  }

  /// The node on the selected rows only, or kNone where its rows depend on one another.
  ValueId sliced_node(const Node& node, const Selection& rows) {
    const std::int64_t rank = graph_.rank(node.outputs[0]);
    if (elementwise_unary().count(node.op) != 0 || elementwise_several().count(node.op) != 0)
      return rebuilt(node, every_operand(node, rows, rank), rows);
    if (node.op == "LayerNormalization" || node.op == "Softmax" || node.op == "LogSoftmax") {
      const std::int64_t axis = positive_axis(int_attribute(node, "axis", -1), rank);
      if (node.outputs.size() != 1 || rows.axis >= axis) return kNone;
      std::vector<ValueId> inputs = node.inputs;
      inputs[0] = select(inputs[0], rows);
      return rebuilt(node, inputs, rows);
    }
    if (node.op == "MatMul") return sliced_matmul(node, rows, rank);
    if (node.op == "Transpose") {
      const std::vector<std::int64_t> permutation = ints_attribute(node, "perm");
      if (permutation.empty()) return kNone;
      Selection before = rows;
      before.axis = permutation[static_cast<std::size_t>(rows.axis)];
      return rebuilt(node, {select(node.inputs[0], before)}, rows);
    }
    if (node.op == "Reshape") return sliced_reshape(node, rows);
    return kNone;
  }

  std::vector<ValueId> every_operand(const Node& node, const Selection& rows, std::int64_t rank) {
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(select_broadcast(input, rows, rank));
    return inputs;
  }

  /// An operand that broadcasts along the axis stays as it is.
  ValueId select_broadcast(ValueId id, const Selection& rows, std::int64_t rank) {
    Selection mine = rows;
    mine.axis -= rank - graph_.rank(id);
    if (mine.axis < 0 || graph_.dims(id)[static_cast<std::size_t>(mine.axis)] == Dim{1, false}) return id;
    return select(id, mine);
  }

  ValueId sliced_matmul(const Node& node, const Selection& rows, std::int64_t rank) {
    if (rows.axis == rank - 1 || graph_.rank(node.inputs[0]) < 2 || graph_.rank(node.inputs[1]) < 2) return kNone;
    std::vector<ValueId> inputs = node.inputs;
    inputs[0] = select_broadcast(inputs[0], rows, rank);
    if (rows.axis < rank - 2) inputs[1] = select_broadcast(inputs[1], rows, rank);
    return rebuilt(node, inputs, rows);
  }

  /// The axes up to and including the selected one are the same on both sides.
  ValueId sliced_reshape(const Node& node, const Selection& rows) {
    const Dims &from = graph_.dims(node.inputs[0]), &to = graph_.dims(node.outputs[0]);
    const auto count = static_cast<std::size_t>(rows.axis) + 1;
    if (from.size() < count || !std::equal(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(count), from.begin()))
      return kNone;
    Dims target = to;
    target[count - 1].size = rows.length;
    return build_.reshape(select(node.inputs[0], rows), target);
  }

  ValueId rebuilt(const Node& node, std::vector<ValueId> inputs, const Selection& rows) {
    Dims dims = graph_.dims(node.outputs[0]);
    dims[static_cast<std::size_t>(rows.axis)].size = rows.length;
    return build_.op(node.op, std::move(inputs), dims, graph_.value(node.outputs[0]).type, node.attributes);
  }

  ValueId select(ValueId id, const Selection& rows) {
    const auto [at, fresh] = selected_.try_emplace({id, rows.axis, rows.start, rows.length}, kNone);
    if (fresh) at->second = build_.slice(id, rows.axis, rows.start, rows.length);
    return at->second;
  }

  Graph& graph_;
  Builder build_;
  std::vector<ValueId>& roots_;
  const std::set<ValueId>& keep_;
  std::vector<bool> live_;
  std::map<ValueId, std::vector<NodeId>> readers_;
  std::map<std::tuple<ValueId, std::int64_t, std::int64_t, std::int64_t>, ValueId> selected_;
};

}  // namespace

int slice_rows(Graph& graph, std::vector<ValueId>& roots, const std::set<ValueId>& keep) {
  return Slicer(graph, roots, keep).run();
}

}  // namespace pellucid::graph
