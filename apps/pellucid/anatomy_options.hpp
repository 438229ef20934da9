#pragma once

#include <pellucid/model.hpp>

namespace pellucid::cli {

class Parameters;

/// --tokens, --attention, --block, --head: parts of the graph that are named instead of found.
void declare_anatomy(AnatomyHints& hints, Parameters& parameters);

}  // namespace pellucid::cli
