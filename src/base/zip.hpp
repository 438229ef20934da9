#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/atomic_file.hpp"
#include "base/mapped_file.hpp"

namespace pellucid::zip {

/// The bytes of one entry and what keeps them alive.
struct Content {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

struct Entry {
  std::string name;
  std::uint16_t flags = 0, method = 0;  // method 0: stored, 8: deflated
  std::uint32_t crc = 0;
  std::uint64_t packed = 0, size = 0;  // bytes in the file and unpacked
  std::uint64_t header_at = 0;         // where the entry's local header lies
};

/// Reads ZIP archives (APPNOTE 6.3: one disk, zip64 sizes, stored and deflated entries, no encryption).
/// Throws Error{kBadInput} naming the file on anything that doesn't hold together.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// The entry unpacked, its CRC-32 checked; stored entries are views of the mapped file.
  [[nodiscard]] Content content(const Entry& entry) const;

 private:
  struct Directory {
    std::uint64_t entries, size, at;
  };
  void check(bool condition, const char* complaint) const;
  template <class T>
  [[nodiscard]] T number(std::uint64_t at) const;
  [[nodiscard]] std::uint64_t end_record() const;
  [[nodiscard]] Directory directory() const;
  void read_directory(const Directory& directory);
  void read_wide_sizes(Entry& entry, std::uint64_t at, std::uint64_t size) const;
  [[nodiscard]] std::shared_ptr<const std::vector<std::byte>> inflated(const Entry& entry,
                                                                       std::span<const std::byte> packed) const;

  std::string name_;
  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> bytes_;
  std::vector<Entry> entries_;
};

/// Writes a ZIP archive atomically, without times: same entries, same bytes. Entries are deflated where that makes them
/// smaller. Throws Error{kBadInput} where the file can't be written or passes the 4 GiB of plain ZIP.
class Writer {
 public:
  explicit Writer(const std::filesystem::path& path) : name_(path.string()), file_(path) {}

  void add(const std::string& name, std::span<const std::byte> bytes);
  void commit();

 private:
  void write(std::span<const std::byte> bytes);
  void require_plain(std::uint64_t size) const;

  std::string name_;
  AtomicFile file_;
  std::vector<Entry> entries_;
  std::uint64_t written_ = 0;
};

}  // namespace pellucid::zip
