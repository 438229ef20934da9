#pragma once

#include "graph/passes/fused/fused_node.hpp"

namespace pellucid::graph::fused {

/// The mask of padding that ONNX Runtime's attentions take in several forms, as what is added to the scores:
/// [batch, keys] or [batch, queries, keys] with 0 at masked keys, [batch] with the samples' ends, [2·batch] with ends
/// and starts, [3·batch + 2] with ends in front. kNone where the input is left out.
[[nodiscard]] ValueId padding_mask(FusedNode& at, std::size_t input, const AttentionOperands& operands);

/// The mask [batch, keys] whose ones `places` counts: places = count + offset, [batch]. kNone where it isn't a count.
///
/// The optimiser puts the count in the place of the mask, taking all padding to lie on the right. There both say the
/// same; the mask says it of other paddings, too, as the model that was optimised does.
[[nodiscard]] ValueId counted_mask(const Graph& graph, ValueId places, std::int64_t offset);

}  // namespace pellucid::graph::fused
