#pragma once

#include <nlohmann/json_fwd.hpp>

#include <pellucid/explanation.hpp>

namespace pellucid {

/// The whole explanation as JSON, as docs/schema/explanation.json describes it. Gaps that are not finite are null;
/// text that is not UTF-8 is replaced, so that the record can always be written.
[[nodiscard]] nlohmann::json record(const Explanation& explanation);

}  // namespace pellucid
