#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <pellucid/tensor.hpp>

namespace pellucid {

static_assert(std::endian::native == std::endian::little,
              "the file formats are read and written as they lie in memory");

/// element_count times element_size, or nothing where an axis is negative or the product doesn't fit.
[[nodiscard]] inline std::optional<std::uint64_t> byte_count(ElementType type, const Shape& shape) {
  std::int64_t count = static_cast<std::int64_t>(element_size(type));
  for (const std::int64_t axis : shape) {
    if (axis < 0 || __builtin_mul_overflow(count, axis, &count)) return std::nullopt;
  }
  return static_cast<std::uint64_t>(count);
}

/// A tensor over bytes of a file: a view where they are aligned for the element type, a copy where they are not.
/// `bytes` has exactly byte_count(type, shape) bytes.
[[nodiscard]] inline Tensor tensor_over(ElementType type, Shape shape, std::shared_ptr<const void> owner,
                                        std::span<const std::byte> bytes) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % element_size(type) == 0) {
    return Tensor::view(type, std::move(shape), std::move(owner), bytes.data());
  }
  Tensor copy(type, std::move(shape));
  if (!bytes.empty()) std::memcpy(copy.mutable_data(), bytes.data(), bytes.size());
  return copy;
}

/// Whether every byte is 0 or 1; other bytes in a bool array would be undefined behaviour for its readers.
[[nodiscard]] inline bool are_bools(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    if (byte > std::byte{1}) return false;
  }
  return true;
}

}  // namespace pellucid
