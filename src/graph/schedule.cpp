#include "graph/schedule.hpp"

#include <algorithm>

namespace pellucid::graph {

std::vector<NodeId> file_order(const Graph& graph) {
  std::vector<NodeId> order = graph.order();
  std::vector<std::int64_t> distance(graph.node_count(), 0);
  for (const NodeId id : order) {
    for (const ValueId input : graph.node(id).inputs) {
      const NodeId from = input == kNone ? kNone : graph.value(input).producer;
      if (from == kNone) continue;
      auto& mine = distance[static_cast<std::size_t>(id)];
      mine = std::max(mine, distance[static_cast<std::size_t>(from)] + 1);
    }
  }
  std::sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
    const std::int64_t of_a = distance[static_cast<std::size_t>(a)], of_b = distance[static_cast<std::size_t>(b)];
    return of_a != of_b ? of_a < of_b : a < b;
  });
  return order;
}

namespace {

/// Depth first from the nodes that nothing reads, the last ones first.
class DepthFirst {
 public:
  explicit DepthFirst(const Graph& graph) : graph_(graph), file_(file_order(graph)) {
    position_.resize(graph.node_count(), 0);
    visited_.resize(graph.node_count(), false);
    std::vector<bool> read(graph.node_count(), false);
    for (std::size_t at = 0; at < file_.size(); ++at) {
      position_[static_cast<std::size_t>(file_[at])] = at;
      for (const NodeId from : sources(file_[at])) read[static_cast<std::size_t>(from)] = true;
    }
    for (const NodeId id : file_)
      if (!read[static_cast<std::size_t>(id)]) stack_.push_back({id, false});
  }

  std::vector<NodeId> run() {
    std::vector<NodeId> order;
    while (!stack_.empty()) {
      const auto [id, leaves] = stack_.back();
      stack_.pop_back();
      if (leaves)
        order.push_back(id);
      else if (!visited_[static_cast<std::size_t>(id)])
        enter(id);
    }
    return order;
  }

 private:
  struct Visit {
    NodeId id;
    bool leaves;
  };

  void enter(NodeId id) {
    visited_[static_cast<std::size_t>(id)] = true;
    stack_.push_back({id, true});
    for (const NodeId from : sources(id))
      if (!visited_[static_cast<std::size_t>(from)]) stack_.push_back({from, false});
  }

  /// The nodes whose results a node reads, in the order of the file.
  [[nodiscard]] std::vector<NodeId> sources(NodeId id) const {
    std::vector<NodeId> found;
    for (const ValueId input : graph_.node(id).inputs)
      if (input != kNone && graph_.value(input).producer != kNone) found.push_back(graph_.value(input).producer);
    std::sort(found.begin(), found.end(), [&](NodeId a, NodeId b) {
      return position_[static_cast<std::size_t>(a)] < position_[static_cast<std::size_t>(b)];
    });
    return found;
  }

  const Graph& graph_;
  std::vector<NodeId> file_;
  std::vector<std::size_t> position_;
  std::vector<bool> visited_;
  std::vector<Visit> stack_;
};

}  // namespace

std::vector<NodeId> run_order(const Graph& graph) { return DepthFirst(graph).run(); }

}  // namespace pellucid::graph
