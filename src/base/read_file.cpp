#include "base/read_file.hpp"

#include <fcntl.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/file_descriptor.hpp"

namespace pellucid {
namespace {

/// Grows with what actually arrives, so that neither a pipe nor a wrong size costs memory ahead of time.
template <class Buffer>
Buffer read_up_to(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  PELLUCID_CHECK(file.is_open(), kBadInput, "cannot open '{}': {}", path.string(), last_system_error());
  constexpr std::size_t kFirstChunk = 1 << 16;
  Buffer out;
  std::size_t used = 0;
  while (true) {
    if (used == out.size()) out.resize(std::max(kFirstChunk, 2 * used));
    const ssize_t got = ::read(file.get(), out.data() + used, out.size() - used);
    if (got < 0 && errno == EINTR) continue;
    PELLUCID_CHECK(got >= 0, kBadInput, "cannot read '{}': {}", path.string(), last_system_error());
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    PELLUCID_CHECK(used <= max_bytes, kBadInput, "'{}' is longer than the {} bytes allowed for it", path.string(),
                   max_bytes);
  }
  out.resize(used);
  return out;
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return read_up_to<std::string>(path, max_bytes);
}

std::vector<std::byte> read_binary_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return read_up_to<std::vector<std::byte>>(path, max_bytes);
}

}  // namespace pellucid
