#include "inputs/token_padding.hpp"

#include <gtest/gtest.h>

namespace pellucid {
namespace {

using Numbers = std::vector<std::int64_t>;

TextToken token(std::int64_t id, std::int64_t type) {
  TextToken out;
  out.id = id;
  out.type = type;
  return out;
}

std::vector<std::vector<TextToken>> rows() { return {{token(5, 1), token(6, 1), token(7, 1)}, {token(8, 0)}}; }

TEST(TokenPadding, FillsUpToTheLongestRow) {
  const auto padded = pad_tokens(rows(), {.id = 9, .type = 3});
  EXPECT_EQ(padded[0].ids, (Numbers{5, 6, 7}));
  EXPECT_EQ(padded[0].types, (Numbers{1, 1, 1}));
  EXPECT_EQ(padded[1].ids, (Numbers{8, 9, 9}));
  EXPECT_EQ(padded[1].types, (Numbers{0, 3, 3}));
  EXPECT_EQ(padded[1].attention_mask, (Numbers{1, 0, 0}));
}

TEST(TokenPadding, KnowsLengthsMultiplesAndTheLeft) {
  EXPECT_EQ(pad_tokens(rows(), {.length = 5})[0].ids, (Numbers{5, 6, 7, 0, 0}));
  EXPECT_EQ(pad_tokens(rows(), {.length = 2})[0].ids, (Numbers{5, 6, 7}));
  EXPECT_EQ(pad_tokens(rows(), {.multiple = 4})[1].attention_mask, (Numbers{1, 0, 0, 0}));
  EXPECT_EQ(pad_tokens(rows(), {.multiple = 3})[1].ids, (Numbers{8, 0, 0}));
  EXPECT_EQ(pad_tokens(rows(), {.left = true})[1].attention_mask, (Numbers{0, 0, 1}));
  EXPECT_TRUE(pad_tokens({}, {}).empty());
}

}  // namespace
}  // namespace pellucid
