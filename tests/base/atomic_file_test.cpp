#include "base/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::content_of;
using tests::expect_error;
using tests::ScratchFolder;

/// No file of this process may grow past `bytes`: writing fails in the middle, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  void (*old_handler_)(int);
  rlimit old_ = {};
};

TEST(AtomicFile, AppearsOnCommit) {
  const ScratchFolder folder;
  const auto path = folder / "a.txt";
  AtomicFile file(path);
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(std::filesystem::exists(path));
  file.commit();
  EXPECT_EQ(content_of(path), "one two");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const ScratchFolder folder;
  const auto path = folder.write("a.txt", "old");
  {
    AtomicFile file(path);
    file.write("new");
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, KeepsTheOldFileWhenTheDiskIsFull) {
  const ScratchFolder folder;
  const auto path = folder.write("a.bin", "old");
  const std::string large(1 << 20, 'x');
  {
    const FileSizeLimit limit(4096);
    expect_error(ErrorCode::kBadInput, "cannot write '" + path.string() + "': File too large",
                 [&] { write_file_atomically(path, large); });
    expect_error(ErrorCode::kBadInput, "File too large", [&] { write_file_atomically(folder / "b.bin", large); });
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, SaysThatADeviceIsFull) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  expect_error(ErrorCode::kBadInput, "cannot write '/dev/full': No space left on device",
               [] { write_file_atomically("/dev/full", "text"); });
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(AtomicFile, WritesDevicesDirectly) {
  write_file_atomically("/dev/null", "text");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(AtomicFile, RefusesFoldersAndMissingFolders) {
  const ScratchFolder folder;
  expect_error(ErrorCode::kBadInput, "it is a folder", [&] { AtomicFile file(folder.path()); });
  expect_error(ErrorCode::kBadInput, "No such file or directory", [&] { AtomicFile file(folder / "none" / "a"); });
  folder.write("file", "");
  expect_error(ErrorCode::kBadInput, "Not a directory", [&] { AtomicFile file(folder / "file" / "a"); });
  expect_error(ErrorCode::kBadInput, "cannot write ''", [] { AtomicFile file(""); });
}

TEST(AtomicFile, RefusesAFolderWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const ScratchFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  expect_error(ErrorCode::kBadInput, "Permission denied", [&] { AtomicFile file(folder / "a"); });
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST(AtomicFile, FollowsALinkAndKeepsPermissions) {
  const ScratchFolder folder;
  const auto real = folder.write("real/a.txt", "old");
  std::filesystem::permissions(real, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::create_symlink(real, folder / "link");
  write_file_atomically(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(content_of(real), "new");
  struct stat about = {};
  ASSERT_EQ(::stat(real.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST(AtomicFile, TakesTheLongestNames) {
  const ScratchFolder folder;
  const std::string name(255, 'n');
  write_file_atomically(folder / name, "text");
  EXPECT_EQ(content_of(folder / name), "text");
}

}  // namespace
}  // namespace pellucid
