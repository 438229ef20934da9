#pragma once

#include <string>
#include <vector>

#include "anatomy/sites.hpp"

/// What reaches a stream's tokens, and what reaches the scores without them.
namespace pellucid::anatomy {

/// The name of an attention that the tokens are made by; empty where there is none.
[[nodiscard]] std::string attention_before(const Dataflow& flow, const std::vector<FoundSite>& sites,
                                           graph::ValueId tokens);

/// Whether numbers of a floating-point input reach the scores on a way that doesn't pass the tokens, as in networks
/// whose blocks are branches beside convolutions. Ids and masks, whole numbers, don't count.
[[nodiscard]] bool passes_by(const Dataflow& flow, graph::ValueId input, graph::ValueId tokens);

}  // namespace pellucid::anatomy
