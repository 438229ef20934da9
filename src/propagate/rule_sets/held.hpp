#pragma once

#include <string>
#include <vector>

#include "propagate/rule_set.hpp"

/// Rules in which something of an operator stands still: norms' deviations, activations' gates. What is left is linear,
/// and input × cotangent is a share of the output.
namespace pellucid::propagate::held {

using Match = std::function<bool(const graph::Graph&, const graph::Node&)>;

/// Nothing to queries and keys; the probabilities keep their own cotangent.
[[nodiscard]] Rule attention();
/// LayerNormalization, and norms in single steps.
[[nodiscard]] std::vector<Rule> norms();
/// Activations with f(0) = 0, as single operators and as x s(x) in single steps.
[[nodiscard]] std::vector<Rule> activations();
/// A Mul of two values that both depend on the input: half to each.
[[nodiscard]] Rule halved_product();
/// The gradient's rule for whatever is linear or keeps the scale, and the declared zeros.
[[nodiscard]] std::vector<Rule> linear_operators();
/// The gradient's rule for activations, also in single steps.
[[nodiscard]] std::vector<Rule> gradient_activations();

/// The gradient's rule for a Softmax that isn't attention's: a head's own probabilities.
[[nodiscard]] std::vector<Rule> head_probabilities();
/// Declared: nothing goes back through comparisons, indices, shapes.
[[nodiscard]] std::vector<Rule> zeros();

/// A Mul of two values that both depend on the input.
[[nodiscard]] bool is_product(const graph::Graph& graph, const graph::Node& node);
/// The gradient's rule for one operator.
[[nodiscard]] RuleFunction gradient_of(const std::string& op);

/// Appends.
void add(std::vector<Rule>& rules, std::vector<Rule> more);

}  // namespace pellucid::propagate::held
