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

std::int64_t int_of(const onnx::NodeProto& node, const std::string& name) {
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (attribute.name() == name) return attribute.i();
  return 0;
}

/// Follows lists through a graph in the order of its nodes.
class Lists {
 public:
  explicit Lists(onnx::ModelProto& model)
      : before_(model.graph()), graph_(*model.mutable_graph()), names_(graph_), emit_(model, names_) {}

  bool run() {
    graph_.clear_node();
    bool changed = false;
    for (const onnx::NodeProto& node : before_.node()) {
      follow(node);
      const bool written = reads_list(node) && lists_.count(node.input(0)) != 0 && write(node);
      changed = changed || written;
      if (!written) *graph_.add_node() = node;
    }
    if (changed) drop_unread();
    return changed;
  }

 private:
  /// A place in a list that a constant names, or the one behind its last element; std::nullopt where neither.
  [[nodiscard]] std::optional<std::size_t> place(const onnx::NodeProto& node, int input, std::size_t size,
                                                 std::size_t otherwise) const {
    if (input >= node.input_size() || node.input(input).empty()) return otherwise;
    for (const onnx::TensorProto& tensor : before_.initializer()) {
      if (tensor.name() != node.input(input)) continue;
      const Tensor value = tensor_from_onnx(tensor, nullptr, {});
      if (value.size() != 1) return std::nullopt;
      auto at = static_cast<std::int64_t>(value.to_doubles()[0]);
      if (at < 0) at += static_cast<std::int64_t>(size);
      if (at < 0 || at > static_cast<std::int64_t>(size)) return std::nullopt;
      return static_cast<std::size_t>(at);
    }
    return std::nullopt;
  }

  void follow(const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (node.output_size() == 0) return;
    if (op == "SequenceEmpty") lists_[node.output(0)] = {};
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
    const std::int64_t axis = int_of(node, "axis");
    if (int_of(node, "new_axis") != 0)
      emit_.stack(node, list, axis, node.output(0));
    else
      attribute_to_onnx("axis", axis, emit_.node("Concat", node, list, node.output(0)));
    return true;
  }

  /// Lists that nothing reads any more, the last ones first.
  void drop_unread() {
    std::multiset<std::string> read;
    for (const auto& output : graph_.output()) read.insert(output.name());
    for (const onnx::NodeProto& node : graph_.node()) add_reads(node, read);
    std::vector<onnx::NodeProto> kept;
    for (auto node = graph_.node().rbegin(); node != graph_.node().rend(); ++node) {
      const bool list = makes_list(*node) || (node->op_type() == "Identity" && lists_.count(node->output(0)) != 0);
      if (list && read.count(node->output(0)) == 0) {
        for (const std::string& input : node->input()) read.erase(read.find(input));
        continue;
      }
      kept.push_back(*node);
    }
    graph_.clear_node();
    for (auto node = kept.rbegin(); node != kept.rend(); ++node) *graph_.add_node() = *node;
  }

  static void add_reads(const onnx::NodeProto& node, std::multiset<std::string>& read) {
    read.insert(node.input().begin(), node.input().end());
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      for (const onnx::NodeProto& inner : attribute.g().node()) add_reads(inner, read);
      for (const onnx::GraphProto& graph : attribute.graphs())
        for (const onnx::NodeProto& inner : graph.node()) add_reads(inner, read);
    }
  }

  const onnx::GraphProto before_;
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
