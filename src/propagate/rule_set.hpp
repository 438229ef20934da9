#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "propagate/step.hpp"

namespace pellucid::propagate {

/// What goes to the inputs of one node. Stateless: everything it needs is in the step.
using RuleFunction = std::function<void(Step&)>;

/// What a rule does with a node, for `inspect --rules`.
enum class RuleKind {
  kPropagates,  ///< emits nodes for every wanted input
  kZero         ///< declared: nothing flows back through this operator (comparisons, indices, shapes)
};

struct Rule {
  std::string name;  ///< "gradient of MatMul", "epsilon rule"
  RuleKind kind = RuleKind::kPropagates;
  std::vector<std::string> operators;  ///< of the domain ai.onnx; it matches no others
  /// What more a node must be; empty: nothing.
  std::function<bool(const graph::Graph&, const graph::Node&)> matches;
  RuleFunction apply;        ///< empty for kZero
  std::string why;           ///< one line: formula or source
  bool is_gradient = false;  ///< the ordinary gradient's rule

  [[nodiscard]] bool names(const std::string& op) const;
};

/// What one reader of a value sent back to it.
struct Arrival {
  graph::ValueId cotangent = graph::kNone;
  graph::NodeId from = graph::kNone;  ///< the reader; kNone: a seed
};
/// Makes one cotangent of all that arrived at a value: at least one, in the order of the walk.
using CombineFunction =
    std::function<graph::ValueId(graph::Builder&, graph::ValueId value, const std::vector<Arrival>& arrived)>;
/// The sum.
[[nodiscard]] graph::ValueId sum_of(graph::Builder& build, graph::ValueId value, const std::vector<Arrival>& arrived);

/// An ordered list of rules; the first that matches is taken, and no match is an error.
class RuleSet {
 public:
  RuleSet(std::string name, std::vector<Rule> rules, CombineFunction combines = sum_of)
      : name_(std::move(name)), rules_(std::move(rules)), combine_(std::move(combines)) {}
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  /// What becomes of a value that several readers send something to.
  [[nodiscard]] const CombineFunction& combine() const { return combine_; }
  /// The rule for a node, or nullptr.
  [[nodiscard]] const Rule* find(const graph::Graph& graph, const graph::Node& node) const;
  /// The rule for a node; throws Error{kUnsupported} naming node, operator, rule set and what to do.
  [[nodiscard]] const Rule& require(const graph::Graph& graph, const graph::Node& node) const;

 private:
  std::string name_;
  std::vector<Rule> rules_;
  CombineFunction combine_;
};

}  // namespace pellucid::propagate
