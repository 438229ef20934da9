#pragma once

#include "anatomy/anatomy.hpp"
#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// The value behind the plumbing of `value` (a cast, an axis added, an expansion along the features) that has one
/// number for each of `tokens` tokens of every sample; kNone where there is none.
[[nodiscard]] graph::ValueId per_token_source(const Dataflow& flow, graph::ValueId value, graph::Dim batch,
                                              std::size_t tokens);

/// The mask by which a Mul or a Where removes tokens from `from`: its operand `other`, where that has one number for
/// each token and, of a Where, what is filled in is 0. Without a value where it isn't one.
[[nodiscard]] TokenMask mask_of(const Dataflow& flow, const graph::Node& node, graph::ValueId from,
                                graph::ValueId other, graph::Dim batch, std::size_t tokens);

}  // namespace pellucid::anatomy
