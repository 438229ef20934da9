#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "graph/builder.hpp"
#include "graph/passes/elementwise.hpp"
#include "graph/passes/passes.hpp"

namespace pellucid::graph {
namespace {

const std::set<std::string> kReductions{"ReduceMean", "ReduceSum", "ReduceMax"};

std::vector<std::int64_t> swap_of_first(std::int64_t rank) {
  std::vector<std::int64_t> permutation;
  for (std::int64_t axis = 0; axis < rank; ++axis) permutation.push_back(axis < 2 ? 1 - axis : axis);
  return permutation;
}

/// Turns a stream [tokens, batch, width] around: what works on every token by itself is applied to [batch, tokens,
/// width], and the transposition moves behind it.
class BatchFirst {
 public:
  explicit BatchFirst(Graph& graph) : graph_(graph), build_(graph) {}

  int run() {
    for (const NodeId id : graph_.order()) {
      const Node node = graph_.node(id);
      build_.set_source(node.source);
      if (node.domain.empty() && node.outputs.size() == 1) turn(node);
    }
    return moved_;
  }

 private:
  void turn(const Node& node) {
    if (node.op == "Transpose") return turn_transpose(node);
    if (node.op == "Gather") return turn_gather(node);
    const bool first = turned_.count(node.inputs.empty() ? kNone : node.inputs[0]) != 0;
    if (kReductions.count(node.op) != 0 && first) return turn_reduction(node);
    if (kUnary.count(node.op) != 0 && first) return apply(node, {turned_.at(node.inputs[0])});
    if (kBinary.count(node.op) != 0 && node.inputs.size() == 2) return turn_binary(node);
    const std::int64_t rank = graph_.rank(node.outputs[0]);
    if (node.op == "LayerNormalization" && first && positive_axis(int_attribute(node, "axis", -1), rank) == rank - 1)
      return apply(node, {turned_.at(node.inputs[0])});
    if (node.op == "MatMul" && first && graph_.is_constant(node.inputs[1]) && graph_.rank(node.inputs[1]) == 2)
      return apply(node, {turned_.at(node.inputs[0])});
  }

  void turn_transpose(const Node& node) {
    const ValueId from = node.inputs[0], to = node.outputs[0];
    if (graph_.rank(from) < 2 || ints_attribute(node, "perm") != swap_of_first(graph_.rank(from))) return;
    if (const auto at = turned_.find(from); at != turned_.end()) {
      graph_.replace_uses(to, at->second);
    } else if (counts_samples_first(from) && graph_.rank(from) < 4) {
      turned_[to] = from;
    }
  }

  /// The samples of a batch whose size is fixed can only be told at the inputs: their first axis counts them.
  [[nodiscard]] bool counts_samples_first(ValueId value) const {
    const Dim first = graph_.dims(value)[0];
    return first == Dim{1, true} || (!first.per_batch && graph_.value(value).kind == ValueKind::kInput);
  }

  void turn_gather(const Node& node) {
    if (int_attribute(node, "axis", 0) != 0) return;
    const ValueId data = node.inputs[0], indices = node.inputs[1];
    if (graph_.is_constant(data) && turned_.count(indices) != 0) {
      Dims dims = graph_.dims(turned_.at(indices));
      dims.insert(dims.end(), graph_.dims(data).begin() + 1, graph_.dims(data).end());
      give(node, build_.op("Gather", {data, turned_.at(indices)}, dims, build_.type(data), node.attributes));
    } else if (turned_.count(data) != 0 && graph_.is_constant(indices) && graph_.rank(indices) == 0) {
      graph_.replace_uses(node.outputs[0], build_.gather(turned_.at(data), indices, 1));
      ++moved_;
    }
  }

  /// Over the features, or over all tokens.
  void turn_reduction(const Node& node) {
    if (node.inputs.size() < 2 || !graph_.is_constant(node.inputs[1])) return;
    const std::vector<std::int64_t> axes = constant_ints(graph_, node, 1);
    if (axes.size() != 1) return;
    const ValueId data = turned_.at(node.inputs[0]);
    const std::int64_t axis = positive_axis(axes[0], graph_.rank(data));
    const bool keep = int_attribute(node, "keepdims", 1) == 1;
    if (axis == 0 && !keep) {
      graph_.replace_uses(node.outputs[0], build_.reduce(node.op, data, {1}, false));
      ++moved_;
    } else if (axis >= 2) {
      give(node, build_.reduce(node.op, data, {axis}, keep));
    }
  }

  void turn_binary(const Node& node) {
    const bool any = turned_.count(node.inputs[0]) != 0 || turned_.count(node.inputs[1]) != 0;
    const std::int64_t rank = graph_.rank(node.outputs[0]);
    if (!any || rank < 2) return;
    std::vector<ValueId> operands;
    for (const ValueId input : node.inputs) {
      const auto operand = turned(input, rank);
      if (!operand) return;
      operands.push_back(*operand);
    }
    apply(node, operands);
  }

  /// An operand as it meets [batch, tokens, width]: of the features alone it stays, what has the rank is transposed.
  std::optional<ValueId> turned(ValueId operand, std::int64_t rank) {
    if (const auto at = turned_.find(operand); at != turned_.end()) return at->second;
    const Dims& dims = graph_.dims(operand);
    // Aligned at the last axis, all but its last rank − 2 axes meet the tokens and the batch.
    const std::int64_t meeting = std::max<std::int64_t>(0, graph_.rank(operand) - (rank - 2));
    const bool alone = std::all_of(dims.begin(), dims.begin() + meeting, [](const Dim& dim) { return dim == Dim{}; });
    if (alone) return operand;
    if (graph_.rank(operand) != rank) return std::nullopt;
    return build_.transpose(operand, swap_of_first(rank));
  }

  /// The node, with these for its first inputs.
  void apply(const Node& node, const std::vector<ValueId>& first) {
    std::vector<ValueId> inputs = node.inputs;
    std::copy(first.begin(), first.end(), inputs.begin());
    Dims dims = graph_.dims(node.outputs[0]);
    std::swap(dims[0], dims[1]);
    give(node, build_.op(node.op, inputs, dims, build_.type(node.outputs[0]), node.attributes));
  }

  void give(const Node& node, ValueId result) {
    const ValueId behind = build_.transpose(result, swap_of_first(graph_.rank(result)));
    graph_.replace_uses(node.outputs[0], behind);
    graph_.take_name(result, node.outputs[0]);
    turned_[behind] = result;
    ++moved_;
  }

  Graph& graph_;
  Builder build_;
  std::map<ValueId, ValueId> turned_;  ///< [tokens, batch, …] → the same as [batch, tokens, …]
  int moved_ = 0;
};

}  // namespace

int batch_first(Graph& graph) { return BatchFirst(graph).run(); }

}  // namespace pellucid::graph
