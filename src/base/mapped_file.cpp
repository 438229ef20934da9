#include "base/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/check.hpp"
#include "base/file_descriptor.hpp"

namespace pellucid {

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  PELLUCID_CHECK(file.is_open(), kBadInput, "cannot open '{}': {}", path.string(), last_system_error());
  struct stat about = {};
  PELLUCID_CHECK(::fstat(file.get(), &about) == 0, kBadInput, "cannot read '{}': {}", path.string(),
                 last_system_error());
  PELLUCID_CHECK(!S_ISDIR(about.st_mode), kBadInput, "'{}' is a folder where a file is expected", path.string());
  PELLUCID_CHECK(S_ISREG(about.st_mode), kBadInput, "'{}' is not a regular file", path.string());
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile(nullptr, 0));
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  PELLUCID_CHECK(data != MAP_FAILED, kBadInput, "cannot map '{}' into memory: {}", path.string(), last_system_error());
  return std::shared_ptr<const MappedFile>(new MappedFile(static_cast<const std::byte*>(data), size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace pellucid
