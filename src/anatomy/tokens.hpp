#pragma once

#include <string>
#include <vector>

#include "anatomy/anatomy.hpp"
#include "anatomy/dataflow.hpp"

namespace pellucid::anatomy {

/// The graph input that `tokens` is made from: the image or the features where there is one, else the ids that are
/// looked up in the largest table; kNone where there is none.
[[nodiscard]] graph::ValueId find_input(const Dataflow& flow, graph::ValueId tokens);

/// Which rows of `tokens` [batch, tokens, width] don't depend on the input (class, distillation and register tokens),
/// and the grid that the others come from: the convolution, or the cut into patches, that makes them. Rows are in
/// reading order, or there is no grid.
[[nodiscard]] TokenLayout find_layout(const Dataflow& flow, graph::ValueId tokens, std::vector<std::string>& evidence);

/// Names the special tokens, given what the head reads: "class", "distillation", "register 1", …; text models have
/// no constant rows, their class token is the one that the head reads.
void name_special(TokenLayout& layout, const ReadOut& read_out, bool text);

/// The grid of as many tokens as a merged stage has, in the proportions of the first one; no special tokens.
[[nodiscard]] TokenLayout merged_layout(const TokenLayout& first, std::int64_t tokens);

}  // namespace pellucid::anatomy
