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

/// Rewrites a stream [batch, rows, columns, width]: residual sums, norms and what works on every token by itself are
/// applied to the list [batch, rows·columns, width], and the grid is made behind them for what needs one.
class FlattenGrids {
 public:
  explicit FlattenGrids(Graph& graph) : graph_(graph), build_(graph) {}

  int run() {
    const std::vector<NodeId> order = graph_.order();
    find_streams(order);
    if (streams_.empty()) return 0;
    for (const NodeId id : order) {
      const Node node = graph_.node(id);
      build_.set_source(node.source);
      if (node.domain.empty() && node.outputs.size() == 1) rewrite(node);
    }
    return rewritten_;
  }

 private:
  [[nodiscard]] bool is_grid(ValueId id) const {
    return id != kNone && graph_.is_float(id) && graph_.rank(id) >= 4 && !graph_.is_constant(id);
  }

  [[nodiscard]] bool is_norm(const Node& node) const {
    if (node.op != "LayerNormalization" && node.op != "RMSNormalization") return false;
    const std::int64_t rank = graph_.rank(node.inputs[0]);
    return is_grid(node.inputs[0]) && positive_axis(int_attribute(node, "axis", -1), rank) == rank - 1;
  }

  /// A sum of two computed grids of one size.
  [[nodiscard]] bool is_sum(const Node& node) const {
    return node.op == "Add" && is_grid(node.inputs[0]) && is_grid(node.inputs[1]) &&
           graph_.dims(node.inputs[0]) == graph_.dims(node.inputs[1]);
  }

  /// The dims of every residual sum on a grid whose features are normalised: it is added to what a norm made or
  /// reads, or it is read by a norm.
  void find_streams(const std::vector<NodeId>& order) {
    std::set<ValueId> normed;
    for (const NodeId id : order)
      if (const Node& node = graph_.node(id); is_norm(node)) normed.insert({node.inputs[0], node.outputs[0]});
    for (const NodeId id : order) {
      const Node& node = graph_.node(id);
      if (!is_sum(node)) continue;
      const ValueId sum = node.outputs[0];
      if (normed.count(node.inputs[0]) + normed.count(node.inputs[1]) + normed.count(sum) == 0) continue;
      normed.insert(sum);
      sums_.insert(sum);
      streams_.insert(key(graph_.dims(sum)));
    }
  }

  static std::vector<std::int64_t> key(const Dims& dims) {
    std::vector<std::int64_t> sizes;
    for (const Dim& dim : dims) sizes.insert(sizes.end(), {dim.size, dim.per_batch ? 1 : 0});
    return sizes;
  }

  void rewrite(const Node& node) {
    const ValueId first = node.inputs.empty() ? kNone : node.inputs[0];
    const bool norm = is_norm(node) && streams_.count(key(graph_.dims(first))) != 0;
    if (norm || sums_.count(node.outputs[0]) != 0) return apply(node, norm ? 1 : 2);
    if (flat_.count(first) != 0 && kUnary.count(node.op) != 0) return apply(node, 1);
    if (flat_.count(first) != 0 && node.op == "MatMul" && graph_.is_constant(node.inputs[1]) &&
        graph_.rank(node.inputs[1]) == 2)
      return apply(node, 1);
    if (node.op == "ReduceMean" && flat_.count(first) != 0) return pool(node);
    if (kBinary.count(node.op) != 0) return rewrite_binary(node);
  }

  /// A grid as a list of tokens.
  ValueId flat(ValueId grid) {
    if (const auto known = flat_.find(grid); known != flat_.end()) return known->second;
    return flat_[grid] = build_.reshape(grid, flat_dims(graph_.dims(grid)));
  }

  static Dims flat_dims(const Dims& dims) {
    std::int64_t tokens = 1;
    for (std::size_t axis = 1; axis + 1 < dims.size(); ++axis) tokens *= dims[axis].size;
    return {dims.front(), {tokens, false}, dims.back()};
  }

  /// The node on lists, its first `count` operands being grids.
  void apply(const Node& node, std::size_t count) {
    std::vector<ValueId> inputs = node.inputs;
    for (std::size_t i = 0; i < count; ++i) inputs[i] = flat(inputs[i]);
    give(node, inputs);
  }

  void give(const Node& node, const std::vector<ValueId>& inputs) {
    const ValueId grid = node.outputs[0];
    std::map<std::string, Attribute> attributes = node.attributes;
    if (is_norm(node)) attributes["axis"] = std::int64_t{-1};
    const ValueId list = build_.op(node.op, inputs, flat_dims(graph_.dims(grid)), build_.type(grid), attributes);
    const ValueId behind = build_.reshape(list, graph_.dims(grid));
    graph_.replace_uses(grid, behind);
    graph_.take_name(list, grid);
    flat_[behind] = list;
    ++rewritten_;
  }

  /// With a constant for every feature or every position, or of two lists.
  void rewrite_binary(const Node& node) {
    if (node.inputs.size() != 2 || (flat_.count(node.inputs[0]) == 0 && flat_.count(node.inputs[1]) == 0)) return;
    const Dims& dims = graph_.dims(node.outputs[0]);
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) {
      const auto operand = beside(input, dims);
      if (!operand) return;
      inputs.push_back(*operand);
    }
    give(node, inputs);
  }

  std::optional<ValueId> beside(ValueId operand, const Dims& dims) {
    if (flat_.count(operand) != 0 && graph_.dims(operand) == dims) return flat_.at(operand);
    if (!graph_.is_constant(operand)) return std::nullopt;
    const Dims& own = graph_.dims(operand);
    if (own.empty()) return operand;
    const auto leading = own.end() - 1;
    if (std::all_of(own.begin(), leading, [](const Dim& dim) { return dim == Dim{}; }))
      return build_.reshape(operand, {own.back()});
    const bool positions = own.size() == dims.size() && own[0] == Dim{} &&
                           std::equal(own.begin() + 1, leading, dims.begin() + 1) &&
                           (own.back() == dims.back() || own.back() == Dim{});
    if (!positions) return std::nullopt;
    return build_.reshape(operand, flat_dims(own));
  }

  /// The mean over all positions.
  void pool(const Node& node) {
    if (node.inputs.size() < 2 || !graph_.is_constant(node.inputs[1]) || int_attribute(node, "keepdims", 1) == 1)
      return;
    const std::int64_t rank = graph_.rank(node.inputs[0]);
    std::vector<std::int64_t> axes = constant_ints(graph_, node, 1), all;
    for (std::int64_t& axis : axes) axis = positive_axis(axis, rank);
    std::sort(axes.begin(), axes.end());
    for (std::int64_t axis = 1; axis + 1 < rank; ++axis) all.push_back(axis);
    if (axes != all) return;
    graph_.replace_uses(node.outputs[0], build_.reduce_mean(flat_.at(node.inputs[0]), {1}, false));
    ++rewritten_;
  }

  Graph& graph_;
  Builder build_;
  std::set<ValueId> sums_;                       ///< residual sums on grids
  std::set<std::vector<std::int64_t>> streams_;  ///< their dims
  std::map<ValueId, ValueId> flat_;              ///< [batch, rows, columns, width] → [batch, rows·columns, width]
  int rewritten_ = 0;
};

}  // namespace

int flatten_grids(Graph& graph) { return FlattenGrids(graph).run(); }

}  // namespace pellucid::graph
