#pragma once

#include <string>

#include <pellucid/model.hpp>

#include "explain/prepared.hpp"

namespace pellucid::explain {

/// Which parts of the graph were named instead of found, and how; empty where none was.
[[nodiscard]] std::string hints_note(const AnatomyHints& hints);

/// That the scores aren't read from the model's first output; empty where they are, or where the output is named.
[[nodiscard]] std::string scores_note(const Prepared& prepared, const graph::ModelFile& file,
                                      const AnatomyHints& hints);

/// That the stream's tokens don't hold all that the model is told; empty where they do.
[[nodiscard]] std::string bypass_note(const anatomy::Stream& stream, const graph::Graph& graph);

}  // namespace pellucid::explain
