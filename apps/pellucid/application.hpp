#pragma once

namespace pellucid::cli {

/// Reads the command line, runs the command, and turns every error into one line and an exit status.
int run(int argc, const char* const* argv);

}  // namespace pellucid::cli
