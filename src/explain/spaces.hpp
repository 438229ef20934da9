#pragma once

#include "anatomy/anatomy.hpp"
#include "graph/builder.hpp"

namespace pellucid::explain {

/// The tensor that targets of a space are elements of; appended to the graph where the model doesn't compute it.
/// `width`: of the vector, for feature spaces. Throws Error{kUsage} on an output that the model doesn't have.
[[nodiscard]] graph::ValueId space_value(graph::Builder& build, const anatomy::Anatomy& anatomy,
                                         const std::string& key);

/// The axis of a space's tensor that counts the samples.
[[nodiscard]] std::int64_t batch_axis(const graph::Dims& dims);

/// The feature that a concept vector of this width is compared with: a graph output of shape [batch, width] that isn't
/// the logits, else the input of the head's last linear layer.
[[nodiscard]] graph::ValueId concept_feature(const graph::Graph& graph, const anatomy::Anatomy& anatomy);

}  // namespace pellucid::explain
