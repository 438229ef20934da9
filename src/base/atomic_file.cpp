#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>

#include "base/check.hpp"

namespace pellucid {

AtomicFile::AtomicFile(const std::filesystem::path& path) : path_(path), target_(path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  PELLUCID_CHECK(status.type() != fs::file_type::directory, kBadInput, "cannot write '{}': it is a folder",
                 path.string());
  PELLUCID_CHECK(path.has_filename(), kBadInput, "cannot write '{}': it names no file", path.string());
  if (fs::exists(status) && status.type() != fs::file_type::regular) {
    file_ = FileDescriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file_.is_open()) fail_to_write();
    return;
  }
  if (fs::is_symlink(fs::symlink_status(path, ignored)) && fs::exists(status)) target_ = fs::canonical(path);
  open_temporary();
  if (fs::exists(status)) ::fchmod(file_.get(), static_cast<mode_t>(status.permissions()) & 07777);
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::open_temporary() {
  static std::atomic<unsigned> counter = 0;
  constexpr int kAttempts = 1000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto name = target_.parent_path() / fmt::format(".pellucid-{}-{}.tmp", ::getpid(), counter++);
    file_ = FileDescriptor(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file_.is_open()) {
      temporary_ = name;
      return;
    }
    if (errno != EEXIST) break;
  }
  fail_to_write();
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_to_write();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void AtomicFile::commit() {
  if (!temporary_.empty() && ::fsync(file_.get()) != 0) fail_to_write();
  if (!file_.close()) fail_to_write();
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_to_write();
  temporary_.clear();
}

void AtomicFile::fail_to_write() const {
  fail(ErrorCode::kBadInput, "cannot write '{}': {}", path_.string(), last_system_error());
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

}  // namespace pellucid
