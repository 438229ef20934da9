#pragma once

#include <vector>

#include "anatomy/anatomy.hpp"
#include "anatomy/sites.hpp"

namespace pellucid::anatomy {

/// Which rows of `last` [batch, tokens, width] the logits are made from, by following each row forward through the
/// head (gradient methods, section "read-out rows"). `text`: the stream is made from ids, so that logits with one
/// row per token are scores of that token, not of a picture's pixels.
[[nodiscard]] ReadOut find_read_out(const Dataflow& flow, graph::ValueId last, const std::vector<FoundSite>& sites,
                                    bool text);

}  // namespace pellucid::anatomy
