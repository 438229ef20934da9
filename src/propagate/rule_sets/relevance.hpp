#pragma once

#include <string>
#include <vector>

#include "propagate/linear.hpp"
#include "propagate/rule_set.hpp"

/// Rules in which relevance R itself travels: each multiplies by its input and divides by its output. They are those of
/// the published code of Transformer attribution (Chefer et al., CVPR 2021), which both of its rule sets share.
namespace pellucid::propagate::relevance {

/// 1 / (x + ε), and 0 where x is 0: what a stabilised quotient multiplies by.
[[nodiscard]] graph::ValueId inverse(graph::Builder& build, graph::ValueId x, double epsilon);

/// The linear layer's product without its bias.
[[nodiscard]] graph::ValueId product_of(Step& step, const Linear& linear);

/// All rules but those of linear layers and of Add: products of activations, what passes R on unchanged, what only
/// moves it, selections of tokens, means, the patch embedding.
[[nodiscard]] std::vector<Rule> shared_rules(double epsilon);

/// An Add that isn't a bias: a = u ⊙ S, b = v ⊙ S with S = R / (u + v). The parts still have the dims of the sum.
struct Shares {
  graph::ValueId a, b;
};
[[nodiscard]] Shares shares_of_sum(Step& step, double epsilon);
/// Hands both on where they are wanted.
void give_shares(Step& step, const Shares& shares);
/// The Add of a linear layer's bias: R to the product, the bias is left out.
[[nodiscard]] Rule bias_rule();
/// Any other Add.
[[nodiscard]] bool is_sum(const graph::Graph& graph, const graph::Node& node);

/// Where a value is read several times: x Σ_k R_k / (x + ε). Projections of one tensor to queries, keys and values
/// count as one reader, as they are where they are packed.
[[nodiscard]] CombineFunction combine(double epsilon);

}  // namespace pellucid::propagate::relevance
