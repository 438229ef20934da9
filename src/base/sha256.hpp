#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace pellucid {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::span<const std::byte> bytes);

/// The same of a file's content. Throws Error{kBadInput} where it can't be read.
[[nodiscard]] std::string sha256_file(const std::filesystem::path& path);

}  // namespace pellucid
