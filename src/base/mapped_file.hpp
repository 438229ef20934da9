#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace pellucid {

/// A regular file mapped into memory for reading. Tensors that view it keep it alive through the shared pointer.
/// The file must not be truncated while it is mapped; replacing it by another one (as AtomicFile does) is safe.
class MappedFile {
 public:
  /// Throws Error{kBadInput} where the file is missing, unreadable or not a regular file.
  [[nodiscard]] static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /// The whole file; the first byte is aligned to a memory page.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

 private:
  MappedFile(const std::byte* data, std::size_t size) : data_(data), size_(size) {}

  const std::byte* data_;
  std::size_t size_;
};

}  // namespace pellucid
