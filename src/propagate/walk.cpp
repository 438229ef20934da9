#include "propagate/walk.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace pellucid::propagate {
namespace {

bool passes(const graph::Graph& graph, const RuleSet& rules, const graph::Node& node) {
  const Rule* rule = rules.find(graph, node);
  return rule == nullptr || rule->kind != RuleKind::kZero;
}

bool any_in(const std::vector<graph::ValueId>& values, const std::set<graph::ValueId>& set) {
  return std::any_of(values.begin(), values.end(),
                     [&](graph::ValueId id) { return id != graph::kNone && set.count(id) != 0; });
}

/// Float values that depend on a wanted one.
std::set<graph::ValueId> downstream(const graph::Graph& graph, const RuleSet& rules,
                                    const std::vector<graph::NodeId>& order,
                                    const std::vector<graph::ValueId>& wanted) {
  std::set<graph::ValueId> found(wanted.begin(), wanted.end());
  for (const graph::NodeId id : order) {
    const graph::Node& node = graph.node(id);
    const bool depends = std::any_of(node.inputs.begin(), node.inputs.end(),
                                     [&](graph::ValueId input) { return found.count(input) != 0; });
    if (!depends || !passes(graph, rules, node)) continue;
    for (const graph::ValueId output : node.outputs)
      if (output != graph::kNone && graph.is_float(output)) found.insert(output);
  }
  return found;
}

/// Values on which a seed depends.
std::set<graph::ValueId> upstream(const graph::Graph& graph, const std::vector<graph::NodeId>& order,
                                  const std::vector<graph::ValueId>& seeds) {
  std::set<graph::ValueId> found(seeds.begin(), seeds.end());
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    const graph::Node& node = graph.node(*id);
    if (any_in(node.outputs, found)) found.insert(node.inputs.begin(), node.inputs.end());
  }
  return found;
}

}  // namespace

std::vector<graph::NodeId> Walk::path(const graph::Graph& graph, const RuleSet& rules,
                                      const std::vector<graph::ValueId>& seeds,
                                      const std::vector<graph::ValueId>& wanted) {
  const std::vector<graph::NodeId> order = graph.order();
  const std::set<graph::ValueId> below = downstream(graph, rules, order, wanted), above = upstream(graph, order, seeds);
  std::vector<graph::NodeId> nodes;
  for (const graph::NodeId id : order) {
    const graph::Node& node = graph.node(id);
    const bool between = any_in(node.inputs, below) && any_in(node.outputs, above) && any_in(node.outputs, below);
    // A wanted value may itself stand behind a node through which nothing flows back.
    if (between && passes(graph, rules, node)) nodes.push_back(id);
  }
  return nodes;
}

void Walk::run(const std::vector<Seed>& seeds, const std::vector<graph::ValueId>& wanted) {
  std::vector<graph::ValueId> seeded;
  for (const Seed& seed : seeds) {
    seeded.push_back(seed.value);
    arrived_[seed.value].push_back({seed.cotangent, graph::kNone});
  }
  const graph::Graph& graph = build_.graph();
  const std::vector<graph::NodeId> order = graph.order();
  const std::set<graph::ValueId> below = downstream(graph, rules_, order, wanted),
                                 above = upstream(graph, order, seeded);
  const std::vector<graph::NodeId> nodes = path(graph, rules_, seeded, wanted);
  for (auto id = nodes.rbegin(); id != nodes.rend(); ++id) step(*id, below, above);
  for (const auto& [value, arrivals] : arrived_) settle(value);
}

/// All readers of a value have sent what they send.
void Walk::settle(graph::ValueId value) {
  const auto at = arrived_.find(value);
  if (at != arrived_.end() && cotangents_.count(value) == 0)
    cotangents_[value] = rules_.combine()(build_, value, at->second);
}

void Walk::step(graph::NodeId id, const std::set<graph::ValueId>& below, const std::set<graph::ValueId>& above) {
  // A copy: emitting nodes may move the graph's storage.
  const graph::Node node = build_.graph().node(id);
  std::vector<graph::ValueId> arrived;
  for (const graph::ValueId output : node.outputs) {
    settle(output);
    arrived.push_back(output == graph::kNone ? graph::kNone : cotangent(output));
  }
  if (std::all_of(arrived.begin(), arrived.end(), [](graph::ValueId one) { return one == graph::kNone; })) return;
  std::vector<bool> wants;
  for (const graph::ValueId input : node.inputs) wants.push_back(input != graph::kNone && below.count(input) != 0);

  const Rule& rule = rules_.require(build_.graph(), node);
  build_.set_source(node.source);
  Step step(build_, node, targets_, std::move(arrived), std::move(wants));
  step.forward = &above;
  rule.apply(step);
  walked_.push_back(id);
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (step.given(i) != graph::kNone) arrived_[node.inputs[i]].push_back({step.given(i), id});
}

graph::ValueId Walk::cotangent(graph::ValueId wanted) const {
  const auto at = cotangents_.find(wanted);
  return at == cotangents_.end() ? graph::kNone : at->second;
}

graph::ValueId Walk::cotangent_or_zero(graph::ValueId wanted) {
  const graph::ValueId found = cotangent(wanted);
  if (found != graph::kNone) return found;
  return build_.zeros(graph::with_leading(targets_, build_.dims(wanted)), build_.type(wanted));
}

}  // namespace pellucid::propagate
