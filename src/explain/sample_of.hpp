#pragma once

#include <pellucid/explanation.hpp>

namespace pellucid::explain {

/// One sample of a batch as an explanation of its own.
[[nodiscard]] Explanation sample_of(const Explanation& batch, std::int64_t sample);

}  // namespace pellucid::explain
