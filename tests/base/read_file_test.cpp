#include "base/read_file.hpp"

#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/mapped_file.hpp"
#include "support/expect_error.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

using tests::expect_error;
using tests::ScratchFolder;

TEST(ReadFile, ReadsTextUpToItsLimit) {
  const ScratchFolder folder;
  const auto path = folder.write("a", std::string("a\0b\n", 4));
  EXPECT_EQ(read_text_file(path, 4), std::string("a\0b\n", 4));
  expect_error(ErrorCode::kBadInput, "longer than the 3 bytes", [&] { (void)read_text_file(path, 3); });
  EXPECT_EQ(read_text_file(folder.write("empty", ""), 0), "");
}

TEST(ReadFile, ReadsBytesOfAnySize) {
  const ScratchFolder folder;
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 1000000u}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7);
    const auto path = folder.write("a", content);
    const std::vector<std::byte> read = read_binary_file(path);
    ASSERT_EQ(read.size(), size);
    EXPECT_TRUE(size == 0 || std::memcmp(read.data(), content.data(), size) == 0);
    const auto mapped = MappedFile::open(path);
    ASSERT_EQ(mapped->bytes().size(), size);
    EXPECT_TRUE(size == 0 || std::memcmp(mapped->bytes().data(), content.data(), size) == 0);
  }
}

TEST(ReadFile, ReadsAPipe) {
  const ScratchFolder folder;
  const auto path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string content(300000, 'p');
  std::thread writer([&] { std::ofstream(path) << content; });
  EXPECT_EQ(read_text_file(path, content.size()), content);
  writer.join();
}

TEST(ReadFile, AnEndlessFileEndsAtTheLimit) {
  expect_error(ErrorCode::kBadInput, "longer than", [] { (void)read_text_file("/dev/zero", 1 << 20); });
}

TEST(ReadFile, RefusesWhatIsNoFile) {
  const ScratchFolder folder;
  expect_error(ErrorCode::kBadInput, "No such file", [&] { (void)read_text_file(folder / "none", 10); });
  expect_error(ErrorCode::kBadInput, "Is a directory", [&] { (void)read_binary_file(folder.path()); });
}

TEST(MappedFile, DoesNotWaitForAPipe) {
  const ScratchFolder folder;
  const auto path = folder / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_error(ErrorCode::kBadInput, "not a regular file", [&] { (void)MappedFile::open(path); });
}

}  // namespace
}  // namespace pellucid
