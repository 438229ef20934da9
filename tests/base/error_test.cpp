#include <pellucid/error.hpp>

#include <gtest/gtest.h>

namespace pellucid {
namespace {

TEST(Error, IsOneLineWhateverANameHolds) {
  const Error error(ErrorCode::kBadInput, "the input 'a\nb\tc\r\x1b[31m\x7f' — no tensor");
  EXPECT_STREQ(error.what(), "the input 'a b c  [31m ' — no tensor");
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
}

}  // namespace
}  // namespace pellucid
