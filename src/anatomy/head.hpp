#pragma once

#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// The input [batch, width] of the linear layer before the logits; kNone where the logits are made otherwise
/// (two heads averaged, similarities of two towers, one row of scores per token).
[[nodiscard]] graph::ValueId find_feature(const Dataflow& flow, std::vector<std::string>& evidence);

}  // namespace pellucid::anatomy
