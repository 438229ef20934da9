#pragma once

#include <string>

#include <pellucid/model.hpp>

namespace pellucid::explain {

/// Which parts of the graph were named instead of found, and how; empty where none was.
[[nodiscard]] std::string hints_note(const AnatomyHints& hints);

}  // namespace pellucid::explain
