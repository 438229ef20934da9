#pragma once

#include <string>
#include <vector>

#include "anatomy/stream.hpp"

namespace pellucid::anatomy {

/// The attentions that are named, in the order of the data: as they were found, else as their probabilities say.
[[nodiscard]] std::vector<FoundSite> named_sites(const Dataflow& flow, const std::vector<FoundSite>& found,
                                                 const std::vector<graph::ValueId>& named,
                                                 std::vector<std::string>& evidence);

/// Lets the one stream that `tokens` lies on begin there: blocks before it are left out. Throws Error{kUsage} where it
/// lies on none.
void enter_at(const Dataflow& flow, std::vector<Chain>& chains, graph::ValueId tokens,
              std::vector<std::string>& evidence);

}  // namespace pellucid::anatomy
