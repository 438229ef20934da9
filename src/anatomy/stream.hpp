#pragma once

#include <string>
#include <vector>

#include "anatomy/sites.hpp"

namespace pellucid::anatomy {

/// Attention blocks that follow one another on one residual stream.
struct Chain {
  struct Link {
    FoundSite site;
    graph::ValueId input = graph::kNone;  ///< h_l
    graph::ValueId sum = graph::kNone;    ///< h_l plus what attention adds
  };
  std::vector<Link> links;
  graph::ValueId last = graph::kNone;  ///< output of the last block, before a final norm
  bool uniform = false;                ///< every site attends over all tokens and all h_l have the same dims
  bool tokens = false;                 ///< every h_l is [batch, tokens, width], though their number may change
};

/// Groups the sites that add to a residual stream. A block's input is the skip operand of the Add that closes its
/// attention: a tensor that q, k and v all depend on. Two blocks follow one another where every path from the first
/// one's sum to the logits passes the second one's input.
[[nodiscard]] std::vector<Chain> find_chains(const Dataflow& flow, const std::vector<FoundSite>& sites,
                                             std::vector<std::string>& evidence);

/// The chain of blocks that these values are said to enter, the last of them leaving the last block. Each block's
/// attention is the first between its ends. Throws Error{kUsage} where a block has none.
[[nodiscard]] Chain chain_of(const Dataflow& flow, const std::vector<FoundSite>& sites,
                             const std::vector<graph::ValueId>& values);

}  // namespace pellucid::anatomy
