#pragma once

#include <cstdint>
#include <functional>

#include <nlohmann/json_fwd.hpp>

namespace pellucid::cli {

/// Runs `work` in a forked child and returns its result, so that peaks of memory belong to one piece of work. The
/// caller must not have started threads or opened a model before. Errors of the child are thrown here.
[[nodiscard]] nlohmann::json in_child(const std::function<nlohmann::json()>& work);

/// The most memory that this process has held so far, in bytes; 0 where the system doesn't say.
[[nodiscard]] std::uint64_t peak_memory();

}  // namespace pellucid::cli
