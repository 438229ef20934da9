#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pellucid::tests {

/// "ab" of "6162".
inline std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return out;
}

/// `count` bytes of a number, the lowest first.
inline std::string little_endian(std::uint64_t value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

}  // namespace pellucid::tests
