#pragma once

#include <map>
#include <set>
#include <vector>

#include "propagate/rule_set.hpp"

namespace pellucid::propagate {

/// Where the walk starts: a value and the cotangent put on it, [targets, value dims…].
struct Seed {
  graph::ValueId value = graph::kNone;
  graph::ValueId cotangent = graph::kNone;
};

/// The reverse walk. Emits into the builder's graph the nodes that carry the seeds' cotangents back to every
/// wanted value; only nodes between a wanted value and a seed are walked.
class Walk {
 public:
  Walk(graph::Builder& build, const RuleSet& rules, std::int64_t targets)
      : build_(build), rules_(rules), targets_(targets) {}

  /// Throws Error{kUnsupported} where a node on the way has no rule.
  void run(const std::vector<Seed>& seeds, const std::vector<graph::ValueId>& wanted);

  /// The cotangent at a wanted value, or at one that the walk passed on its way, of all that arrived there; kNone where
  /// no way leads from a seed to it.
  [[nodiscard]] graph::ValueId cotangent(graph::ValueId wanted) const;
  /// The same, with zeros where no way leads to it.
  [[nodiscard]] graph::ValueId cotangent_or_zero(graph::ValueId wanted);

  /// The nodes at which a rule was applied, in the order of the walk.
  [[nodiscard]] const std::vector<graph::NodeId>& walked() const { return walked_; }

  /// The nodes a walk from `seeds` to `wanted` passes, in the order of the forward pass.
  [[nodiscard]] static std::vector<graph::NodeId> path(const graph::Graph& graph, const RuleSet& rules,
                                                       const std::vector<graph::ValueId>& seeds,
                                                       const std::vector<graph::ValueId>& wanted);

 private:
  void settle(graph::ValueId value);
  void step(graph::NodeId id, const std::set<graph::ValueId>& below, const std::set<graph::ValueId>& above);

  graph::Builder& build_;
  const RuleSet& rules_;
  std::int64_t targets_;
  std::map<graph::ValueId, std::vector<Arrival>> arrived_;
  std::map<graph::ValueId, graph::ValueId> cotangents_;
  std::vector<graph::NodeId> walked_;
};

}  // namespace pellucid::propagate
