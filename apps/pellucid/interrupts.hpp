#pragma once

namespace pellucid::cli {

/// From now on the first Ctrl-C (or SIGTERM) asks the library to stop and the second one kills; a closed pipe is
/// reported by the writing call.
void handle_signals();

/// Throws Error{kInterrupted} after the first Ctrl-C: called before results are written.
void stop_if_interrupted();

}  // namespace pellucid::cli
