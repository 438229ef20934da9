#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pellucid {

/// The bytes of a text file or pipe. Throws Error{kBadInput} where it can't be read or is longer than `max_bytes`.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path, std::uint64_t max_bytes);

/// A whole file or pipe in memory. Throws Error{kBadInput} where it can't be read or is longer than `max_bytes`.
[[nodiscard]] std::vector<std::byte> read_binary_file(const std::filesystem::path& path,
                                                      std::uint64_t max_bytes = std::uint64_t{1} << 31);

}  // namespace pellucid
