#pragma once

#include <string>
#include <vector>

#include "anatomy/sites.hpp"

/// What reaches a stream's tokens, and what reaches the scores without them.
namespace pellucid::anatomy {

/// The name of an attention that the tokens are made by; empty where there is none.
[[nodiscard]] std::string attention_before(const Dataflow& flow, const std::vector<FoundSite>& sites,
                                           graph::ValueId tokens);

/// Whether a floating-point input, or what an input of ids looks up, reaches the scores on a way that doesn't pass the
/// tokens: in networks whose blocks are branches beside convolutions, in decoders that are fed the encoder's ids. Masks
/// don't count.
[[nodiscard]] bool passes_by(const Dataflow& flow, graph::ValueId input, graph::ValueId tokens);

}  // namespace pellucid::anatomy
