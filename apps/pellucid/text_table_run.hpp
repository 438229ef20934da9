#pragma once

#include "apps/pellucid/console.hpp"
#include "apps/pellucid/opened_model.hpp"
#include "apps/pellucid/outputs.hpp"
#include "apps/pellucid/request_options.hpp"

namespace pellucid::cli {

/// Explains the texts of --text-file and writes their table: to the files, or to standard output where there are none.
/// A line that can't be explained is named on standard error and counted; the others go on. 0, or 3 where some lines
/// were bad.
[[nodiscard]] int explain_text_file(OpenedModel& opened, const InputOptions& input, const RequestOptions& request,
                                    const std::vector<Output>& outputs, const GlobalOptions& global);

}  // namespace pellucid::cli
