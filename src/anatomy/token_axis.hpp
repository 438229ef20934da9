#pragma once

#include "anatomy/ballot.hpp"
#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// Which axis of a value [batch, a, b] counts tokens, by what works along the other one: candidate 0 is axis 1 (norms,
/// linear layers over the last axis), candidate 1 is axis 2 (convolutions over axis 1). Without votes it is axis 1.
[[nodiscard]] Ballot vote_on_token_axis(const Dataflow& flow, graph::ValueId value);

/// The value is [batch, tokens, width] by its dims (`Dataflow::has_tokens`), and axis 1 wins the vote.
[[nodiscard]] bool lists_tokens(const Dataflow& flow, graph::ValueId value);

}  // namespace pellucid::anatomy
