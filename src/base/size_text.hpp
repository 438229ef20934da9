#pragma once

#include <cstdint>
#include <string>

namespace pellucid {

/// Bytes of "1073741824", "512MB", "2GiB", "1.5 GiB": B, kB MB GB TB count by 1000, KiB MiB GiB TiB by 1024; case
/// doesn't matter. Throws Error{kUsage} on anything else.
[[nodiscard]] std::uint64_t parse_size(const std::string& text);

/// "1.50 GiB", "812 B".
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// "850 µs", "12.3 ms", "1.24 s", "2 min 05 s", "1 h 02 min".
[[nodiscard]] std::string format_seconds(double seconds);

}  // namespace pellucid
