#pragma once

#include <cstdint>
#include <string>

#include <pellucid/model.hpp>

#include "apps/pellucid/progress.hpp"

namespace pellucid::cli {

class Parameters;

/// The heading of the options that every command understands.
inline constexpr const char* kGeneralGroup = "General options";

/// What every command understands.
struct GlobalOptions {
  bool quiet = false;
  bool json = false;
  bool no_cache = false;
  int threads = 0;
  std::uint64_t seed = 0;
  std::string memory, device = "cpu";

  void declare(Parameters& parameters);
  /// `progress` must outlive the model that is opened with them. Throws Error{kUsage} on a wrong size.
  [[nodiscard]] RunOptions run_options(ProgressDisplay& progress) const;
};

}  // namespace pellucid::cli
