#include "base/sha256.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/scratch_folder.hpp"

namespace pellucid {
namespace {

std::string sha256_of(std::string_view text) { return sha256_hex(std::as_bytes(std::span(text))); }

// FIPS 180-4 examples.
TEST(Sha256, KnownDigests) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfAFile) {
  const tests::ScratchFolder folder;
  EXPECT_EQ(sha256_file(folder.write("a", "abc")), sha256_of("abc"));
  EXPECT_EQ(sha256_file(folder.write("empty", "")), sha256_of(""));
  tests::expect_error(ErrorCode::kBadInput, "none", [&] { (void)sha256_file(folder / "none"); });
}

}  // namespace
}  // namespace pellucid
