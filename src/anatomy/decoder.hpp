#pragma once

#include <optional>
#include <string>
#include <vector>

#include "anatomy/stream.hpp"

namespace pellucid::anatomy {

/// Queries made from this chain attend to keys that are made from elsewhere.
[[nodiscard]] bool is_decoder(const Dataflow& flow, const Chain& chain, const std::vector<FoundSite>& sites);

/// The decoder that attends to a stream's last block, with its own and its cross attention. Nothing where there is
/// none, or more than one; `evidence` says which.
[[nodiscard]] std::optional<Decoder> find_decoder(const Dataflow& flow, const Stream& stream,
                                                  const std::vector<Chain>& chains, const std::vector<FoundSite>& sites,
                                                  std::vector<std::string>& evidence);

}  // namespace pellucid::anatomy
