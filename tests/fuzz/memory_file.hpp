#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "base/file_descriptor.hpp"
#include "targets.hpp"

namespace pellucid::fuzz {

/// A regular file that lies in memory, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(Bytes bytes) : file_(::memfd_create("pellucid-fuzz", MFD_CLOEXEC)) {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t count = ::write(file_.get(), bytes.data() + done, bytes.size() - done);
      if (count <= 0) throw std::runtime_error("a file in memory can't be written");
      done += static_cast<std::size_t>(count);
    }
  }
  [[nodiscard]] std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  FileDescriptor file_;
};

/// Reads every byte, so that a sanitizer sees memory that isn't there.
inline void read_all(Bytes bytes) {
  volatile std::byte seen{};
  for (const std::byte byte : bytes) seen = byte;
  static_cast<void>(seen);
}

}  // namespace pellucid::fuzz
