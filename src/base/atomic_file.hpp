#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/file_descriptor.hpp"

namespace pellucid {

/// A file that appears under its name complete or not at all: it is written under a temporary name in the same
/// folder, synced, and renamed by `commit`; without a commit the temporary file is removed and a previous file of that
/// name stays as it was. A link is followed, permissions of a file that is replaced are kept. Devices and pipes
/// (/dev/stdout) cannot be replaced and are written directly.
///
/// Every member throws Error{kBadInput} naming the file and the system's reason (disk full, no such folder, …).
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void fail_to_write() const;
  void open_temporary();

  std::filesystem::path path_;       // as the user names it
  std::filesystem::path target_;     // links resolved
  std::filesystem::path temporary_;  // empty: written directly, or already in place
  FileDescriptor file_;
};

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace pellucid
