#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.hpp"

namespace pellucid::anatomy {

/// The flow of data from the graph's inputs to the logits, indexed once: who reads a value, what depends on the
/// inputs, and which values every path passes. Shapes, indices of slices and the like are no data; the ids that a
/// Gather looks up are. Values outside the flow (constants, dead ends) have no dominators.
class Dataflow {
 public:
  Dataflow(const graph::Graph& graph, graph::ValueId logits);

  [[nodiscard]] const graph::Graph& graph() const { return graph_; }
  [[nodiscard]] graph::ValueId logits() const { return logits_; }
  /// Live nodes, inputs before outputs.
  [[nodiscard]] const std::vector<graph::NodeId>& order() const { return order_; }
  /// Position of a value's producer in `order`; -1 for inputs and constants.
  [[nodiscard]] std::int64_t position(graph::ValueId id) const;

  /// The value depends on a graph input.
  [[nodiscard]] bool varies(graph::ValueId id) const { return id != graph::kNone && varies_[index(id)]; }
  /// The value depends on a graph input and the logits depend on it.
  [[nodiscard]] bool flows(graph::ValueId id) const { return id != graph::kNone && flows_[index(id)]; }
  /// The nodes that read a value as data.
  [[nodiscard]] const std::vector<graph::NodeId>& readers(graph::ValueId id) const { return readers_[index(id)]; }
  /// The inputs of a node that carry data and vary, without repetitions.
  [[nodiscard]] std::vector<graph::ValueId> sources(const graph::Node& node) const;
  /// The same for the node that makes a value; empty for inputs and constants.
  [[nodiscard]] std::vector<graph::ValueId> sources(graph::ValueId id) const;

  /// The next value that every path from `id` to the logits passes; kNone at the logits.
  [[nodiscard]] graph::ValueId next_cut(graph::ValueId id) const { return next_cut_[index(id)]; }
  /// Every path from the graph inputs to `id` passes `gate` (or it is `id` itself).
  [[nodiscard]] bool dominates(graph::ValueId gate, graph::ValueId id) const;
  /// Every path from `id` to the logits passes `gate` (or it is `id` itself).
  [[nodiscard]] bool post_dominates(graph::ValueId gate, graph::ValueId id) const;
  /// The nearest value that dominates all of `ids`; kNone where only the graph inputs together do.
  [[nodiscard]] graph::ValueId common_dominator(const std::vector<graph::ValueId>& ids) const;

  /// The graph inputs that a value is made from, in their order.
  [[nodiscard]] std::vector<graph::ValueId> origins(graph::ValueId id) const;
  /// The value is a float tensor [batch, tokens, width], its first axis being that of the inputs it is made from.
  [[nodiscard]] bool has_tokens(graph::ValueId id) const;
  /// The first axis of the inputs that a value is made from.
  [[nodiscard]] graph::Dim batch_axis(graph::ValueId id) const;

 private:
  static std::size_t index(graph::ValueId id) { return static_cast<std::size_t>(id); }
  void index_readers();
  void find_flow();
  void find_dominators();
  void find_cuts();
  static graph::ValueId meet(graph::ValueId a, graph::ValueId b, const std::vector<graph::ValueId>& parent,
                             const std::vector<std::int32_t>& depth);

  const graph::Graph& graph_;
  graph::ValueId logits_;
  std::vector<graph::NodeId> order_;
  std::vector<std::int64_t> position_;               // by node
  std::vector<std::vector<graph::NodeId>> readers_;  // by value
  std::vector<char> varies_, flows_;
  std::vector<std::uint64_t> origins_;  // bit i: graph input i (the last bit stands for all beyond it)
  std::vector<graph::ValueId> dominator_, next_cut_;
  std::vector<std::int32_t> dominator_depth_, cut_depth_;
};

/// The inputs of a node that carry data, as indices: a Reshape's first, both of a MatMul, none of a Shape.
[[nodiscard]] std::vector<std::size_t> data_inputs(const graph::Node& node);

}  // namespace pellucid::anatomy
