#include "graph/onnx/sequences.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "graph/not_readable.hpp"
#include "graph/onnx/body_copies.hpp"
#include "graph/onnx/convert.hpp"
#include "graph/onnx/emit.hpp"
#include "graph/onnx/inferred_shape.hpp"
#include "graph/onnx/nodes.hpp"

namespace pellucid::graph {
namespace {

using List = std::vector<std::string>;

/// Whether the operator gives a list.
bool makes_list(const onnx::NodeProto& node) {
  static const std::set<std::string> kOps = {"SequenceConstruct", "SequenceEmpty", "SequenceErase",
                                             "SequenceInsert",    "SequenceMap",   "SplitToSequence"};
  return kOps.count(node.op_type()) != 0;
}

bool reads_list(const onnx::NodeProto& node) {
  static const std::set<std::string> kOps = {"ConcatFromSequence", "SequenceAt", "SequenceLength"};
  return kOps.count(node.op_type()) != 0;
}

/// Follows lists through a graph in the order of its nodes.
class Lists {
 public:
  explicit Lists(onnx::ModelProto& model)
      : before_(model), graph_(*model.mutable_graph()), names_(graph_), emit_(model, names_) {}

  bool run() {
    graph_.clear_node();
    bool changed = false;
    for (const onnx::NodeProto& node : before_.graph().node()) {
      follow(node);
      const bool written = reads_list(node) && lists_.count(node.input(0)) != 0 && write(node);
      changed = changed || written;
      if (!written) *graph_.add_node() = node;
    }
    if (changed) drop_lists();
    return changed;
  }

 private:
  /// A place in a list that a constant names, or the one behind its last element; std::nullopt where neither.
  [[nodiscard]] std::optional<std::size_t> place(const onnx::NodeProto& node, int input, std::size_t size,
                                                 std::size_t otherwise) const {
    if (input >= node.input_size() || node.input(input).empty()) return otherwise;
    const std::optional<Tensor> value = constant(node.input(input));
    if (!value || value->size() != 1) return std::nullopt;
    auto at = static_cast<std::int64_t>(value->to_doubles()[0]);
    if (at < 0) at += static_cast<std::int64_t>(size);
    if (at < 0 || at > static_cast<std::int64_t>(size)) return std::nullopt;
    return static_cast<std::size_t>(at);
  }

  [[nodiscard]] std::optional<Tensor> constant(const std::string& name) const {
    for (const onnx::TensorProto& tensor : before_.graph().initializer())
      if (tensor.name() == name) return tensor_from_onnx(tensor, nullptr, {});
    return std::nullopt;
  }

  /// The sizes of the parts that a SplitToSequence makes of an axis; empty where they aren't known.
  [[nodiscard]] std::vector<std::int64_t> parts(const onnx::NodeProto& node, std::int64_t size) const {
    if (node.input_size() < 2 || node.input(1).empty())
      return std::vector<std::int64_t>(static_cast<std::size_t>(size), 1);
    const std::optional<Tensor> split = constant(node.input(1));
    if (!split) return {};
    std::vector<std::int64_t> sizes;
    for (const double each : split->to_doubles()) sizes.push_back(static_cast<std::int64_t>(each));
    if (std::any_of(sizes.begin(), sizes.end(), [size](auto each) { return each < 0 || each > size; })) return {};
    if (!split->shape().empty()) return sizes;
    const std::int64_t each = sizes[0];
    sizes.clear();
    for (std::int64_t first = 0; each > 0 && first < size; first += each) sizes.push_back(std::min(each, size - first));
    return sizes;
  }

  void split(const onnx::NodeProto& node) {
    constexpr std::int64_t kMostParts = 10'000;
    const Shape shape = inferred_shape(before_, node.input(0));
    std::int64_t axis = int_of(node, "axis", 0);
    if (axis < 0) axis += std::ssize(shape);
    if (axis < 0 || axis >= std::ssize(shape)) return;
    const std::int64_t size = shape[static_cast<std::size_t>(axis)];
    if (size < 1 || size > kMostParts) return;
    const bool whole = node.input_size() > 1 && !node.input(1).empty();
    const bool keeps = whole || int_of(node, "keepdims", 1) != 0;
    const auto number = [this](std::int64_t value) {
      return emit_.constant(Tensor(Shape{1}, std::vector<std::int64_t>{value}), "place");
    };
    List list;
    std::int64_t first = 0;
    for (const std::int64_t part : parts(node, size)) {
      list.push_back(names_.fresh(node.output(0)));
      if (keeps) {
        emit_.node("Slice", node, {node.input(0), number(first), number(first + part), number(axis)}, list.back());
      } else {
        const std::string place = emit_.constant(Tensor(Shape{}, std::vector<std::int64_t>{first}), "place");
        attribute_to_onnx("axis", axis, emit_.node("Gather", node, {node.input(0), place}, list.back()));
      }
      first += part;
    }
    if (first == size) lists_[node.output(0)] = std::move(list);
  }

  void follow(const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (node.output_size() == 0) return;
    if (op == "SequenceEmpty") lists_[node.output(0)] = {};
    if (op == "SplitToSequence") split(node);
    if (op == "SequenceConstruct") lists_[node.output(0)] = List(node.input().begin(), node.input().end());
    if (node.input_size() == 0 || lists_.count(node.input(0)) == 0) return;
    List list = lists_.at(node.input(0));
    if (op == "SequenceInsert" && node.input_size() > 1) {
      const auto at = place(node, 2, list.size(), list.size());
      if (!at) return;
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(*at), node.input(1));
    } else if (op == "SequenceErase" && !list.empty()) {
      const auto at = place(node, 1, list.size(), list.size() - 1);
      if (!at || *at >= list.size()) return;
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(*at));
    } else if (op != "Identity") {
      return;
    }
    lists_[node.output(0)] = std::move(list);
  }

  bool write(const onnx::NodeProto& node) {
    const List& list = lists_.at(node.input(0));
    if (node.op_type() == "SequenceLength") {
      const Tensor length(Shape{}, std::vector<std::int64_t>{std::ssize(list)});
      *graph_.add_initializer() = tensor_to_onnx(length, node.output(0));
      return true;
    }
    if (node.op_type() == "SequenceAt") {
      const auto at = place(node, 1, list.size(), list.size());
      if (!at || *at >= list.size()) return false;
      emit_.node("Identity", node, {list[*at]}, node.output(0));
      return true;
    }
    if (list.empty()) return false;
    const std::int64_t axis = int_of(node, "axis", 0);
    if (int_of(node, "new_axis", 0) != 0)
      emit_.stack(node, list, axis, node.output(0));
    else
      attribute_to_onnx("axis", axis, emit_.node("Concat", node, list, node.output(0)));
    return true;
  }

  /// Lists that nothing reads any more.
  void drop_lists() {
    drop_unread(graph_, [this](const onnx::NodeProto& node) {
      return makes_list(node) || (node.op_type() == "Identity" && lists_.count(node.output(0)) != 0);
    });
  }

  const onnx::ModelProto before_;
  onnx::GraphProto& graph_;
  ValueNames names_;
  Emit emit_;
  std::map<std::string, List> lists_;
};

}  // namespace

bool lower_sequences(onnx::ModelProto& model) {
  const auto& nodes = model.graph().node();
  return std::any_of(nodes.begin(), nodes.end(), reads_list) && Lists(model).run();
}

void require_no_sequence(const onnx::NodeProto& node) {
  if (makes_list(node) || reads_list(node))
    throw NotReadable(
        fmt::format("{} node '{}': which tensors its list holds isn't decided by the shapes of the inputs",
                    node.op_type(), node.name()));
}

}  // namespace pellucid::graph
